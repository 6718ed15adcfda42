//! QR codes as PNG pictures: one bit a pixel, stored without compression, so that no image library is needed.

use qrcodegen::{QrCode, QrCodeEcc};

/// Light modules around the code that scanners need.
const QUIET: i32 = 4;

/// The picture of `text`, `scale` pixels a module; nothing when the text is too long for a code.
pub(crate) fn png(text: &str, scale: usize) -> Option<Vec<u8>> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let modules = usize::try_from(code.size() + 2 * QUIET).ok()?;
    let side = modules * scale;
    let width = side.div_ceil(8);
    let mut rows = Vec::with_capacity(side * (width + 1));
    for y in 0..side {
        rows.push(0);
        let mut row = vec![0_u8; width];
        for x in 0..side {
            let at = |position: usize| i32::try_from(position / scale).unwrap_or(0) - QUIET;
            if !code.get_module(at(x), at(y)) {
                row[x / 8] |= 0x80 >> (x % 8);
            }
        }
        rows.extend_from_slice(&row);
    }
    let side = u32::try_from(side).ok()?;
    // One bit, grey.
    Some(whole((side, side), [1, 0], &rows))
}

/// A picture of soft stripes, 240 by 160, whose colours depend on `seed`: a sample photo.
pub(crate) fn stripes(seed: u32) -> Vec<u8> {
    let (width, height) = (240_u32, 160_u32);
    let mut rows = Vec::new();
    for y in 0..height {
        rows.push(0);
        for x in 0..width {
            let wave = |turn: u32| {
                u8::try_from((x + 2 * y + seed.wrapping_mul(turn) % 256) / 2 % 160 + 60).unwrap_or(200)
            };
            rows.extend_from_slice(&[wave(37), wave(71), wave(113)]);
        }
    }
    // Eight bits, red green blue.
    whole((width, height), [8, 2], &rows)
}

/// The file: `kind` is bits a sample and colour type.
fn whole((width, height): (u32, u32), kind: [u8; 2], rows: &[u8]) -> Vec<u8> {
    let mut head = Vec::new();
    head.extend_from_slice(&width.to_be_bytes());
    head.extend_from_slice(&height.to_be_bytes());
    head.extend_from_slice(&kind);
    // Deflate, the usual filters, no interlace.
    head.extend_from_slice(&[0, 0, 0]);
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut file, *b"IHDR", &head);
    chunk(&mut file, *b"IDAT", &stored(rows));
    chunk(&mut file, *b"IEND", &[]);
    file
}

/// A zlib stream of stored blocks.
fn stored(data: &[u8]) -> Vec<u8> {
    let mut out = vec![0x78, 0x01];
    let mut blocks = data.chunks(0xffff).peekable();
    while let Some(block) = blocks.next() {
        let length = u16::try_from(block.len()).expect("chunks of at most 65535");
        out.push(u8::from(blocks.peek().is_none()));
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(&(!length).to_le_bytes());
        out.extend_from_slice(block);
    }
    let (mut low, mut high) = (1_u32, 0_u32);
    for byte in data {
        low = (low + u32::from(*byte)) % 65_521;
        high = (high + low) % 65_521;
    }
    out.extend_from_slice(&((high << 16) | low).to_be_bytes());
    out
}

fn chunk(file: &mut Vec<u8>, name: [u8; 4], data: &[u8]) {
    let length = u32::try_from(data.len()).expect("a QR picture is far below 4 GiB");
    file.extend_from_slice(&length.to_be_bytes());
    let start = file.len();
    file.extend_from_slice(&name);
    file.extend_from_slice(data);
    let mut crc = u32::MAX;
    for byte in &file[start..] {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    file.extend_from_slice(&(!crc).to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_a_whole_png() {
        let file = png("http://weixin.qq.com/q/abc", 4).unwrap();
        assert!(file.starts_with(b"\x89PNG\r\n\x1a\n"));
        // The checksum of an IEND chunk is the same in every PNG.
        assert!(file.ends_with(&[0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82]));
        assert!(png(&"x".repeat(5000), 4).is_none());
    }

    #[test]
    fn the_checksum_of_stored_data_is_right() {
        // Adler-32 of "abc" is 0x024d0127.
        assert!(stored(b"abc").ends_with(&[0x02, 0x4d, 0x01, 0x27]));
    }
}
