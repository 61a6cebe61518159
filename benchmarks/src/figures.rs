//! The lines that the measuring programs print come in; what a library adds goes out.

use std::collections::HashMap;

/// Figures by case.
#[derive(Default)]
pub struct Figures(HashMap<[String; 5], f64>);

impl Figures {
    /// Reads lines of: what, how many origins, who, what is asked, with or without, and the figure.
    pub fn read(text: &str) -> Self {
        let mut figures = HashMap::new();
        for line in text.lines() {
            let cells: Vec<&str> = line.split('\t').collect();
            let [what, count, name, ask, side, figure] = cells[..] else { panic!("not a line of figures: {line}") };
            figures.insert([what, count, name, ask, side].map(str::to_owned), figure.parse().expect("a number"));
        }
        Self(figures)
    }

    /// What is added by CORS: with it, less without.
    pub fn added(&self, what: &str, count: usize, name: &str, ask: &str) -> f64 {
        let side = |side: &str| {
            let key = [what, &count.to_string(), name, ask, side].map(str::to_owned);
            *self.0.get(&key).unwrap_or_else(|| panic!("no figure for {key:?}"))
        };
        side("with") - side("without")
    }
}
