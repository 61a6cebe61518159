static CORS: &cors_static::PolicySet<'static> = cors_static::cors!("ui/any_origin_with_credentials.yaml");

fn main() {
    let _ = CORS;
}
