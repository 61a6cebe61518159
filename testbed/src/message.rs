//! The framing of HTTP/1.1: a byte stream in, header lines and bodies out.

use std::io::{self, BufRead, Read};

/// Far above the 16 KB of header that the tests send, far below what could hurt.
const LINE_LIMIT: u64 = 1 << 20;

/// One line without its line break; `None` where the stream ends before it begins.
pub(crate) fn line(stream: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    stream.take(LINE_LIMIT).read_until(b'\n', &mut line)?;
    if line.is_empty() {
        return Ok(None);
    }
    if line.pop() != Some(b'\n') {
        return Err(malformed("a line that does not end"));
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    Ok(Some(line))
}

/// The header lines up to the empty line, names in lower case, values isomorphic decoded as Fetch does.
pub(crate) fn headers(stream: &mut impl BufRead) -> io::Result<Vec<(String, String)>> {
    let mut headers = Vec::new();
    loop {
        let line = line(stream)?.ok_or_else(|| malformed("a header that does not end"))?;
        if line.is_empty() {
            return Ok(headers);
        }
        let line = isomorphic_decode(&line);
        let (name, value) = line.split_once(':').ok_or_else(|| malformed("a header line without a colon"))?;
        let value = value.trim_matches([' ', '\t']);
        headers.push((name.to_ascii_lowercase(), value.to_owned()));
    }
}

/// The body that belongs to `headers`; without framing, `to_the_end` says whether it is all that comes.
pub(crate) fn body(stream: &mut impl BufRead, headers: &[(String, String)], to_the_end: bool) -> io::Result<Vec<u8>> {
    let value = |name| headers.iter().find(|(n, _)| n == name).map(|(_, v)| v);
    let mut body = Vec::new();
    if value("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
        return chunks(stream);
    }
    if let Some(length) = value("content-length") {
        let length = length.parse().map_err(|_| malformed("a Content-Length that is no number"))?;
        stream.take(length).read_to_end(&mut body)?;
        if body.len() as u64 != length {
            return Err(malformed("a body shorter than its Content-Length"));
        }
    } else if to_the_end {
        stream.read_to_end(&mut body)?;
    }
    Ok(body)
}

fn chunks(stream: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let size = line(stream)?.ok_or_else(|| malformed("chunks that do not end"))?;
        let size = isomorphic_decode(&size);
        let size = size.split(';').next().unwrap_or_default().trim();
        let size = u64::from_str_radix(size, 16).map_err(|_| malformed("a chunk size"))?;
        if size == 0 {
            headers(stream)?;
            return Ok(body);
        }
        let before = body.len() as u64;
        stream.take(size).read_to_end(&mut body)?;
        if body.len() as u64 - before != size || line(stream)? != Some(Vec::new()) {
            return Err(malformed("a chunk of another size than it says"));
        }
    }
}

/// Every byte as the code point of the same number, so that nothing is lost or mended.
pub(crate) fn isomorphic_decode(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}

pub(crate) fn malformed(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("malformed HTTP: {what}"))
}
