static CORS: &cors_static::PolicySet<'static> = cors_static::cors!("ui/failing_test.yaml");

fn main() {
    let _ = CORS;
}
