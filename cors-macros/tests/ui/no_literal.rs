fn main() {
    let _ = cors_static::cors!(concat!("ui/", "sound.yaml"));
}
