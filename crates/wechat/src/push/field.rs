//! How one typed field is read from and written into an element: the small codec below all
//! pushes and replies, and the two macros that declare types as tables of wire names.
//!
//! Reading is lenient about absence (an absent text is empty, an absent count is zero), strict
//! about nonsense: a field that cannot be what it claims makes the whole body an unknown one, which is
//! kept raw rather than lost.

use crate::element::{Element, Value};

/// A type that can stand as one named field (or as a repeated one).
pub(crate) trait Field: Sized {
    /// Reads the field `name` of `parent`; `None` when what is there cannot be this type.
    fn read(parent: &Element<'_>, name: &str) -> Option<Self>;
    /// Appends the field.
    fn write<'a>(&'a self, name: &'static str, out: &mut Vec<Element<'a>>);
}

/// The text of a field; `Some(None)` when absent, `None` when it has children.
fn text_of<'a>(parent: &'a Element<'_>, name: &str) -> Option<Option<&'a str>> {
    match parent.find(name) {
        None => Some(None),
        Some(Element { value: Value::Children(_), .. }) => None,
        Some(element) => Some(Some(element.as_text())),
    }
}

impl Field for String {
    fn read(parent: &Element<'_>, name: &str) -> Option<Self> {
        Some(text_of(parent, name)?.unwrap_or_default().to_owned())
    }

    fn write<'a>(&'a self, name: &'static str, out: &mut Vec<Element<'a>>) {
        out.push(Element::text(name, self.as_str()));
    }
}

impl Field for Option<String> {
    fn read(parent: &Element<'_>, name: &str) -> Option<Self> {
        Some(text_of(parent, name)?.map(str::to_owned))
    }

    fn write<'a>(&'a self, name: &'static str, out: &mut Vec<Element<'a>>) {
        if let Some(text) = self {
            text.write(name, out);
        }
    }
}

impl Field for Option<i64> {
    fn read(parent: &Element<'_>, name: &str) -> Option<Self> {
        match text_of(parent, name)?.map(str::trim) {
            None | Some("") => Some(None),
            Some(text) => text.parse().ok().map(Some),
        }
    }

    fn write<'a>(&'a self, name: &'static str, out: &mut Vec<Element<'a>>) {
        if let Some(number) = self {
            out.push(Element::number(name, number));
        }
    }
}

impl Field for i64 {
    fn read(parent: &Element<'_>, name: &str) -> Option<Self> {
        Option::<i64>::read(parent, name).map(Option::unwrap_or_default)
    }

    fn write<'a>(&'a self, name: &'static str, out: &mut Vec<Element<'a>>) {
        out.push(Element::number(name, self));
    }
}

/// A flag sent as 0 or 1.
impl Field for bool {
    fn read(parent: &Element<'_>, name: &str) -> Option<Self> {
        i64::read(parent, name).map(|number| number != 0)
    }

    fn write<'a>(&'a self, name: &'static str, out: &mut Vec<Element<'a>>) {
        out.push(Element::number(name, i64::from(*self)));
    }
}

/// A coordinate: must be there, and finite.
impl Field for f64 {
    fn read(parent: &Element<'_>, name: &str) -> Option<Self> {
        text_of(parent, name)??.trim().parse().ok().filter(|it: &f64| it.is_finite())
    }

    fn write<'a>(&'a self, name: &'static str, out: &mut Vec<Element<'a>>) {
        out.push(Element::number(name, self));
    }
}

impl Field for Vec<i64> {
    fn read(parent: &Element<'_>, name: &str) -> Option<Self> {
        parent.all(name).map(|it| it.as_text().trim().parse().ok()).collect()
    }

    fn write<'a>(&'a self, name: &'static str, out: &mut Vec<Element<'a>>) {
        out.extend(self.iter().map(|number| Element::number(name, number)));
    }
}

/// Declares a nested group of fields: a struct, each field with its wire name.
macro_rules! wire_struct {
    ($(#[$meta:meta])* pub struct $type:ident {
        $($(#[$field_meta:meta])* $field:ident: $kind:ty = $wire:literal),* $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Default)]
        pub struct $type {
            $($(#[$field_meta])* pub $field: $kind,)*
        }

        impl $type {
            fn read_fields(body: &$crate::element::Element<'_>) -> Option<Self> {
                Some(Self { $($field: $crate::push::field::Field::read(body, $wire)?,)* })
            }

            fn to_element<'a>(&'a self, name: &'static str) -> $crate::element::Element<'a> {
                let mut children = Vec::new();
                $($crate::push::field::Field::write(&self.$field, $wire, &mut children);)*
                $crate::element::Element::parent(name, children)
            }
        }

        impl $crate::push::field::Field for $type {
            fn read(parent: &$crate::element::Element<'_>, name: &str) -> Option<Self> {
                match parent.find(name) {
                    Some(element) => Self::read_fields(element),
                    None => Self::read_fields(&$crate::element::Element::text("", "")),
                }
            }

            fn write<'a>(&'a self, name: &'static str, out: &mut Vec<$crate::element::Element<'a>>) {
                out.push(self.to_element(name));
            }
        }

        impl $crate::push::field::Field for Option<$type> {
            fn read(parent: &$crate::element::Element<'_>, name: &str) -> Option<Self> {
                match parent.find(name) {
                    Some(element) => $type::read_fields(element).map(Some),
                    None => Some(None),
                }
            }

            fn write<'a>(&'a self, name: &'static str, out: &mut Vec<$crate::element::Element<'a>>) {
                out.extend(self.iter().map(|it| it.to_element(name)));
            }
        }

        impl $crate::push::field::Field for Vec<$type> {
            fn read(parent: &$crate::element::Element<'_>, name: &str) -> Option<Self> {
                parent.all(name).map($type::read_fields).collect()
            }

            fn write<'a>(&'a self, name: &'static str, out: &mut Vec<$crate::element::Element<'a>>) {
                out.extend(self.iter().map(|it| it.to_element(name)));
            }
        }
    };
}

/// Declares the bodies told apart by one name (`MsgType` or `Event`): an enum, each variant with its
/// wire name and its fields, and a last variant `Other` for all unknown ones.
macro_rules! wire_enum {
    ($(#[$meta:meta])* pub enum $type:ident {
        $($(#[$variant_meta:meta])* $variant:ident = $name:literal {
            $($(#[$field_meta:meta])* $field:ident: $kind:ty = $wire:literal),* $(,)?
        }),* $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        pub enum $type {
            $($(#[$variant_meta])* $variant { $($(#[$field_meta])* $field: $kind,)* },)*
            /// Unknown, or known with fields that cannot be right. Answer `success` and keep it raw.
            Other($crate::push::Raw),
        }

        impl $type {
            /// The name on the wire.
            #[must_use]
            pub fn wire_name(&self) -> &str {
                match self {
                    $(Self::$variant { .. } => $name,)*
                    Self::Other(raw) => &raw.name,
                }
            }

            /// Reads the fields of the body called `name`; the platform mixes cases.
            fn read_known(name: &str, body: &$crate::element::Element<'_>) -> Option<Self> {
                $(if name.eq_ignore_ascii_case($name) {
                    return Some(Self::$variant {
                        $($field: $crate::push::field::Field::read(body, $wire)?,)*
                    });
                })*
                let _ = body;
                None
            }

            /// Appends the fields.
            fn write_fields<'a>(&'a self, out: &mut Vec<$crate::element::Element<'a>>) {
                match self {
                    $(Self::$variant { $($field,)* } => {
                        $($crate::push::field::Field::write($field, $wire, out);)*
                    })*
                    Self::Other(raw) => out.extend(raw.fields.iter().cloned()),
                }
            }
        }
    };
}

pub(crate) use {wire_enum, wire_struct};
