//! The part of Protocol Buffers' wire format that the token file needs: a message is a row of fields, each
//! a number with a value.

use crate::{Error, TOKENS_FILE};

/// The value of a field.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    Float(f32),
}

/// Calls `each` with every field of a message, in order. Fixed eight-byte values are passed over.
pub(crate) fn fields<'a>(
    mut message: &'a [u8],
    mut each: impl FnMut(u64, Value<'a>) -> Result<(), Error>,
) -> Result<(), Error> {
    while !message.is_empty() {
        let tag = number(&mut message)?;
        match tag & 7 {
            0 => each(tag >> 3, Value::Number(number(&mut message)?))?,
            1 => drop(take(&mut message, 8)?),
            2 => {
                let length = usize::try_from(number(&mut message)?).map_err(|_| cut_off())?;
                each(tag >> 3, Value::Bytes(take(&mut message, length)?))?;
            }
            5 => {
                let bytes = take(&mut message, 4)?.try_into().map_err(|_| cut_off())?;
                each(tag >> 3, Value::Float(f32::from_le_bytes(bytes)))?;
            }
            other => {
                return Err(Error::damaged(TOKENS_FILE, format!("a field has the unknown kind {other}")));
            }
        }
    }
    Ok(())
}

fn number(message: &mut &[u8]) -> Result<u64, Error> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (first, rest) = message.split_first().ok_or_else(cut_off)?;
        *message = rest;
        value |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(Error::damaged(TOKENS_FILE, "a number never ends"))
}

fn take<'a>(message: &mut &'a [u8], length: usize) -> Result<&'a [u8], Error> {
    let (taken, rest) = message.split_at_checked(length).ok_or_else(cut_off)?;
    *message = rest;
    Ok(taken)
}

fn cut_off() -> Error {
    Error::damaged(TOKENS_FILE, "it ends in the middle")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Vec<(u64, String)>, String> {
        let mut all = Vec::new();
        let outcome = fields(bytes, |field, value| {
            all.push((field, format!("{value:?}")));
            Ok(())
        });
        outcome.map(|()| all).map_err(|it| it.to_string())
    }

    #[test]
    fn fields_are_read_and_damage_is_told() {
        let good =
            [0x08, 0x96, 0x01, 0x12, 0x02, b'h', b'i', 0x1d, 0, 0, 0x80, 0x3f, 0x21, 0, 0, 0, 0, 0, 0, 0, 0];
        let read_back = read(&good).unwrap();
        assert_eq!(
            read_back,
            [
                (1, "Number(150)".to_owned()),
                (2, "Bytes([104, 105])".to_owned()),
                (3, "Float(1.0)".to_owned())
            ]
        );
        let whole_fields = [0, 3, 7, 12, good.len()];
        for cut in (1..good.len()).filter(|it| !whole_fields.contains(it)) {
            assert!(read(&good[..cut]).unwrap_err().contains("ends in the middle"), "{cut}");
        }
        assert!(read(&[0x0b]).unwrap_err().contains("unknown kind 3"));
        assert!(read(&[0xff; 12]).unwrap_err().contains("never ends"));
        assert!(read(&[0x12, 0xff, 0xff, 0xff, 0xff, 0x0f]).unwrap_err().contains("ends in the middle"));
    }
}
