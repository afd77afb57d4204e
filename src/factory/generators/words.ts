export const firstNames = [
  'Ada', 'Alan', 'Amara', 'Anders', 'Aoife', 'Ben', 'Bianca', 'Carlos', 'Chen', 'Chloe', 'Daniel', 'Diego',
  'Elena', 'Emeka', 'Emma', 'Fatima', 'Femi', 'Grace', 'Hana', 'Hugo', 'Ines', 'Ivan', 'Jamal', 'José',
  'Julia', 'Kai', 'Katarzyna', 'Keiko', 'Leila', 'Liam', 'Linh', 'Lucas', 'Maja', 'Mateo', 'Mei', 'Mohammed',
  'Nadia', 'Nia', 'Noah', 'Olga', 'Omar', 'Priya', 'Rafael', 'Rosa', 'Samir', 'Sofia', 'Tariq', 'Thi',
  'Tomás', 'Uma', 'Victor', 'Wei', 'Yara', 'Yusuf', 'Zoë',
] as const // prettier-ignore

export const lastNames = [
  'Adeyemi', 'Almeida', 'Andersen', 'Bauer', 'Becker', 'Bianchi', 'Brown', 'Campbell', 'Chen', 'Cohen', 'Costa',
  'Diaz', 'Dubois', 'Eriksen', 'Evans', 'Fischer', 'Garcia', 'Green', 'Haddad', 'Hansen', 'Ito', 'Ivanova',
  'Jensen', 'Johnson', 'Kamau', 'Kaya', 'Khan', 'Kim', 'Kowalski', 'Kumar', 'Larsen', 'Lee', 'Lopez', 'Martin',
  'Mbeki', 'Moreau', 'Müller', 'Murphy', 'Nakamura', 'Nguyen', 'Novak', "O'Brien", 'Okafor', 'Park', 'Patel',
  'Pereira', 'Rossi', 'Santos', 'Sato', 'Schmidt', 'Silva', 'Singh', 'Smith', 'Suzuki', 'Tanaka', 'Wang',
  'Weber', 'Wilson', 'Yilmaz', 'Zhang',
] as const // prettier-ignore

export const adjectives = [
  'Quiet', 'Bright', 'Practical', 'Hidden', 'Simple', 'Northern', 'Modern', 'Gentle', 'Steady', 'Open', 'Curious',
  'Careful', 'Golden', 'Rapid', 'Honest', 'Hollow', 'Early', 'Broken', 'Silver', 'Lasting',
] as const // prettier-ignore

export const nouns = [
  'Harbour', 'Garden', 'Ledger', 'Engine', 'Market', 'River', 'Signal', 'Bridge', 'Archive', 'Season', 'Journey',
  'Workshop', 'Compass', 'Orchard', 'Library', 'Lantern', 'Station', 'Pattern', 'Island', 'Kitchen',
] as const // prettier-ignore

export const sentences = [
  'The first version took a weekend and the second took a year.',
  'Nobody expected the queue to grow this quickly.',
  'We measured it twice before we believed it.',
  'There is a simpler way to say the same thing.',
  'It works well until the third Monday of the month.',
  'A short list is easier to keep than a long one.',
  'Most of the time goes into waiting for something else.',
  'The numbers looked fine until someone sorted them.',
  'Please read the second paragraph before the first.',
  'What began as a test is now used every day.',
  'Half of the requests come from one office.',
  'Every change was small, and together they were not.',
  'The old name is still on the door.',
  'Two people gave the same answer for different reasons.',
  'It rained, so the delivery came a day later.',
  'Keep the receipt: the warranty depends on it.',
] as const

export const cities = [
  'Amsterdam', 'Athens', 'Bergen', 'Bogotá', 'Cairo', 'Chennai', 'Dakar', 'Dublin', 'Gdańsk', 'Hanoi', 'Helsinki',
  'Jakarta', 'Kyoto', 'Lagos', 'Lima', 'Lisbon', 'Lyon', 'Montréal', 'Nairobi', 'Osaka', 'Porto', 'Prague',
  'Quito', 'São Paulo', 'Seoul', 'Tallinn', 'Tbilisi', 'Toronto', 'Turin', 'Zürich',
] as const // prettier-ignore

export const countryCodes = [
  'AR', 'AU', 'BR', 'CA', 'CH', 'CL', 'CO', 'CZ', 'DE', 'DK', 'EG', 'ES', 'FI', 'FR', 'GB', 'GE', 'GR', 'ID', 'IE',
  'IN', 'IT', 'JP', 'KE', 'KR', 'MX', 'NG', 'NL', 'NO', 'PE', 'PL', 'PT', 'SE', 'SN', 'TR', 'US', 'VN', 'ZA',
] as const // prettier-ignore
