//! Small files of our own making, for people who have no camera.

/// A picture (PNG): soft stripes whose colours depend on `seed`.
pub(crate) fn picture(seed: u32) -> Vec<u8> {
    crate::qr::stripes(seed)
}

/// A quiet voice message (AMR, 12.2 kbit/s) of so many seconds.
pub(crate) fn amr(seconds: usize) -> Vec<u8> {
    // Fifty frames a second, each a head byte (mode 7, good) and 31 bytes of speech parameters.
    const FRAME: usize = 32;
    let mut file = b"#!AMR\n".to_vec();
    for _ in 0..seconds.clamp(1, 60) * 50 {
        file.push(0x3c);
        file.extend_from_slice(&[0; FRAME - 1]);
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_what_they_claim() {
        assert_eq!(crate::api::media::recognise(&picture(3), "").0, "image/png");
        assert_eq!(crate::api::media::recognise(&amr(3), "").0, "audio/amr");
        assert_eq!(amr(3).len(), 6 + 150 * 32);
    }
}
