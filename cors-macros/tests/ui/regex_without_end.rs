static CORS: &cors_static::PolicySet<'static> = cors_static::cors!("ui/regex_without_end.yaml");

fn main() {
    let _ = CORS;
}
