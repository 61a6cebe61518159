fn main() {
    let _ = cors_static::cors!();
}
