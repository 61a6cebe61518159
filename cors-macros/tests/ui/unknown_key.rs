static CORS: &cors_static::PolicySet<'static> = cors_static::cors!("ui/unknown_key.yaml");

fn main() {
    let _ = CORS;
}
