static CORS: &cors_static::PolicySet<'static> = cors_static::cors!("ui/unquoted_asterisk.yaml");

fn main() {
    let _ = CORS;
}
