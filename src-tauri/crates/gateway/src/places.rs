//! Where cities lie.

/// The mean radius of the earth.
const EARTH_KM: f64 = 6371.0;

/// A city.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Place {
    /// Its name.
    pub city: &'static str,
    /// Its country, as ISO 3166 alpha-2.
    pub country: &'static str,
    /// Degrees north.
    latitude: f64,
    /// Degrees east.
    longitude: f64,
}

const fn place(city: &'static str, country: &'static str, latitude: f64, longitude: f64) -> Place {
    Place { city, country, latitude, longitude }
}

/// The cities that payments are known to come from. A payment from elsewhere is not measured.
pub(crate) static PLACES: [Place; 44] = [
    place("Paris", "FR", 48.86, 2.35),
    place("Lyon", "FR", 45.76, 4.84),
    place("Marseille", "FR", 43.30, 5.37),
    place("Nantes", "FR", 47.22, -1.55),
    place("Lille", "FR", 50.63, 3.06),
    place("Berlin", "DE", 52.52, 13.41),
    place("Hamburg", "DE", 53.55, 9.99),
    place("München", "DE", 48.14, 11.58),
    place("Köln", "DE", 50.94, 6.96),
    place("London", "GB", 51.51, -0.13),
    place("Manchester", "GB", 53.48, -2.24),
    place("Edinburgh", "GB", 55.95, -3.19),
    place("Dublin", "IE", 53.35, -6.26),
    place("Madrid", "ES", 40.42, -3.70),
    place("Barcelona", "ES", 41.39, 2.17),
    place("Sevilla", "ES", 37.39, -5.98),
    place("Lisboa", "PT", 38.72, -9.14),
    place("Milano", "IT", 45.46, 9.19),
    place("Roma", "IT", 41.90, 12.50),
    place("Napoli", "IT", 40.85, 14.27),
    place("Zürich", "CH", 47.37, 8.54),
    place("Genève", "CH", 46.20, 6.14),
    place("Wien", "AT", 48.21, 16.37),
    place("Bruxelles", "BE", 50.85, 4.35),
    place("Amsterdam", "NL", 52.37, 4.90),
    place("Warszawa", "PL", 52.23, 21.01),
    place("Kraków", "PL", 50.06, 19.94),
    place("Stockholm", "SE", 59.33, 18.07),
    place("Oslo", "NO", 59.91, 10.75),
    place("København", "DK", 55.68, 12.57),
    place("New York", "US", 40.71, -74.01),
    place("Chicago", "US", 41.88, -87.63),
    place("Austin", "US", 30.27, -97.74),
    place("Toronto", "CA", 43.65, -79.38),
    place("São Paulo", "BR", -23.55, -46.63),
    place("Lagos", "NG", 6.52, 3.38),
    place("Dubai", "AE", 25.20, 55.27),
    place("Istanbul", "TR", 41.01, 28.98),
    place("Singapore", "SG", 1.35, 103.82),
    place("Bangkok", "TH", 13.76, 100.50),
    place("Hong Kong", "HK", 22.32, 114.17),
    place("Tokyo", "JP", 35.68, 139.69),
    place("Osaka", "JP", 34.69, 135.50),
    place("Sydney", "AU", -33.87, 151.21),
];

impl Place {
    /// The city of this name in this country.
    pub fn find(city: &str, country: &str) -> Option<&'static Self> {
        PLACES.iter().find(|place| place.city == city && place.country == country)
    }

    /// The distance over the ground, in kilometres.
    pub fn distance_km(&self, other: &Self) -> f64 {
        let (from, to) = (self.latitude.to_radians(), other.latitude.to_radians());
        let north = (to - from) / 2.0;
        let east = (other.longitude - self.longitude).to_radians() / 2.0;
        let chord = north.sin().powi(2) + from.cos() * to.cos() * east.sin().powi(2);
        2.0 * EARTH_KM * chord.sqrt().min(1.0).asin()
    }

    /// Hours that the sun is ahead of Greenwich: near enough to an hour of the day.
    pub fn hours_ahead(&self) -> f64 {
        self.longitude / 15.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_the_map() {
        let distance = |from: (&str, &str), to: (&str, &str)| {
            Place::find(from.0, from.1).unwrap().distance_km(Place::find(to.0, to.1).unwrap())
        };
        assert!((distance(("Paris", "FR"), ("London", "GB")) - 344.0).abs() < 5.0);
        assert!((distance(("Paris", "FR"), ("Singapore", "SG")) - 10_730.0).abs() < 50.0);
        assert!(distance(("Paris", "FR"), ("Paris", "FR")) < 0.001);
    }
}
