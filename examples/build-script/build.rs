fn main() -> Result<(), cors_gen::BuildError> {
    cors_gen::Build::new("cors.yaml").emit()
}
