static CORS: &cors_static::PolicySet<'static> = cors_static::cors!("ui/origin_with_a_path.yaml");

fn main() {
    let _ = CORS;
}
