static CORS: &cors_static::PolicySet<'static> = cors_static::cors!("ui/insecure_origin_with_credentials.yaml");

fn main() {
    let _ = CORS;
}
