static CORS: &cors_static::PolicySet<'static> = cors_static::cors!("ui/several_errors.yaml");

fn main() {
    let _ = CORS;
}
