//! The two formats that hold one icon in several sizes: Windows' ICO and Apple's ICNS. Both take PNG as it is.

/// A square picture, as PNG.
pub struct Image {
    pub size: u32,
    pub png: Vec<u8>,
}

/// The sizes of an ICNS, in pixels.
pub const ICNS_SIZES: [u32; 6] = [32, 64, 128, 256, 512, 1024];

/// The kinds of an ICNS and their size in pixels; a kind for a dense screen shares its size with a larger plain one.
const ICNS_KINDS: [(&[u8; 4], u32); 8] = [
    (b"ic11", 32),
    (b"ic12", 64),
    (b"ic07", 128),
    (b"ic13", 256),
    (b"ic08", 256),
    (b"ic14", 512),
    (b"ic09", 512),
    (b"ic10", 1024),
];

/// An ICO: a header, an entry for each picture, the pictures. Little-endian.
pub fn ico(images: &[Image]) -> Vec<u8> {
    const HEADER: usize = 6;
    const ENTRY: usize = 16;
    let mut file = Vec::new();
    file.extend([0u16, 1, images.len() as u16].map(u16::to_le_bytes).concat());
    let mut offset = HEADER + ENTRY * images.len();
    for Image { size, png } in images {
        // A size of 256, which does not fit, is written as 0.
        let size = u8::try_from(*size).unwrap_or(0);
        file.extend([size, size, 0, 0]);
        file.extend([1u16, 32].map(u16::to_le_bytes).concat());
        file.extend([png.len() as u32, offset as u32].map(u32::to_le_bytes).concat());
        offset += png.len();
    }
    file.extend(images.iter().flat_map(|image| &image.png));
    file
}

/// An ICNS: the length of the file, then each picture with its kind and length. Big-endian.
pub fn icns(images: &[Image]) -> Vec<u8> {
    const HEAD: usize = 8;
    let mut body = Vec::new();
    for (kind, size) in ICNS_KINDS {
        for Image { png, .. } in images.iter().filter(|image| image.size == size) {
            body.extend(kind);
            body.extend(((HEAD + png.len()) as u32).to_be_bytes());
            body.extend(png);
        }
    }
    let mut file = b"icns".to_vec();
    file.extend(((HEAD + body.len()) as u32).to_be_bytes());
    file.extend(body);
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(size: u32, png: &[u8]) -> Image {
        Image { size, png: png.to_vec() }
    }

    #[test]
    fn an_ico_says_where_each_picture_is() {
        let file = ico(&[image(16, b"small"), image(256, b"large")]);
        assert_eq!(file[..6], [0, 0, 1, 0, 2, 0]);
        assert_eq!(file[6..22], [16, 16, 0, 0, 1, 0, 32, 0, 5, 0, 0, 0, 38, 0, 0, 0]);
        assert_eq!(file[22..38], [0, 0, 0, 0, 1, 0, 32, 0, 5, 0, 0, 0, 43, 0, 0, 0]);
        assert_eq!(&file[38..43], b"small");
        assert_eq!(&file[43..], b"large");
    }

    #[test]
    fn an_icns_names_kind_and_length_of_each_picture() {
        let file = icns(&[image(64, b"png")]);
        assert_eq!(file, b"icns\0\0\0\x13ic12\0\0\0\x0bpng");
    }

    #[test]
    fn a_picture_serves_plain_and_dense_screens() {
        let file = icns(&[image(256, b"png")]);
        assert_eq!(file, b"icns\0\0\0\x1eic13\0\0\0\x0bpngic08\0\0\0\x0bpng");
    }

    #[test]
    fn every_kind_has_its_picture() {
        assert!(ICNS_KINDS.iter().all(|(_, size)| ICNS_SIZES.contains(size)));
    }
}
