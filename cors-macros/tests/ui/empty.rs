static CORS: &cors_static::PolicySet<'static> = cors_static::cors!("ui/empty.yaml");

fn main() {
    let _ = CORS;
}
