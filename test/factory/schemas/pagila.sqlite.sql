-- The film rental shop of the Sakila example, as SQLite would have it.
CREATE TABLE actor (
  actor_id integer PRIMARY KEY AUTOINCREMENT,
  first_name text NOT NULL,
  last_name text NOT NULL,
  last_update timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX idx_actor_last_name ON actor (last_name);

CREATE TABLE category (
  category_id integer PRIMARY KEY AUTOINCREMENT,
  name text NOT NULL,
  last_update timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE language (
  language_id integer PRIMARY KEY AUTOINCREMENT,
  name char(20) NOT NULL,
  last_update timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE country (
  country_id integer PRIMARY KEY AUTOINCREMENT,
  country text NOT NULL,
  last_update timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE city (
  city_id integer PRIMARY KEY AUTOINCREMENT,
  city text NOT NULL,
  country_id integer NOT NULL REFERENCES country ON UPDATE CASCADE ON DELETE RESTRICT,
  last_update timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX idx_fk_country_id ON city (country_id);

CREATE TABLE address (
  address_id integer PRIMARY KEY AUTOINCREMENT,
  address text NOT NULL,
  address2 text,
  district text NOT NULL,
  city_id integer NOT NULL REFERENCES city ON UPDATE CASCADE ON DELETE RESTRICT,
  postal_code text,
  phone text NOT NULL,
  last_update timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX idx_fk_city_id ON address (city_id);

CREATE TABLE film (
  film_id integer PRIMARY KEY AUTOINCREMENT,
  title text NOT NULL,
  description text,
  release_year integer CHECK (release_year BETWEEN 1901 AND 2155),
  language_id integer NOT NULL REFERENCES language ON UPDATE CASCADE ON DELETE RESTRICT,
  original_language_id integer REFERENCES language ON UPDATE CASCADE ON DELETE RESTRICT,
  rental_duration smallint NOT NULL DEFAULT 3,
  rental_rate numeric(4, 2) NOT NULL DEFAULT 4.99,
  length smallint,
  replacement_cost numeric(5, 2) NOT NULL DEFAULT 19.99,
  rating text DEFAULT 'G' CHECK (rating IN ('G', 'PG', 'PG-13', 'R', 'NC-17')),
  last_update timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
  special_features text
);
CREATE INDEX idx_title ON film (title);

CREATE TABLE film_actor (
  actor_id integer NOT NULL REFERENCES actor ON UPDATE CASCADE ON DELETE RESTRICT,
  film_id integer NOT NULL REFERENCES film ON UPDATE CASCADE ON DELETE RESTRICT,
  last_update timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (actor_id, film_id)
);
CREATE INDEX idx_fk_film_id ON film_actor (film_id);

CREATE TABLE film_category (
  film_id integer NOT NULL REFERENCES film ON UPDATE CASCADE ON DELETE RESTRICT,
  category_id integer NOT NULL REFERENCES category ON UPDATE CASCADE ON DELETE RESTRICT,
  last_update timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (film_id, category_id)
);

CREATE TABLE store (
  store_id integer PRIMARY KEY AUTOINCREMENT,
  manager_staff_id integer NOT NULL REFERENCES staff ON UPDATE CASCADE ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED,
  address_id integer NOT NULL REFERENCES address ON UPDATE CASCADE ON DELETE RESTRICT,
  last_update timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE UNIQUE INDEX idx_unq_manager_staff_id ON store (manager_staff_id);

CREATE TABLE staff (
  staff_id integer PRIMARY KEY AUTOINCREMENT,
  first_name text NOT NULL,
  last_name text NOT NULL,
  address_id integer NOT NULL REFERENCES address ON UPDATE CASCADE ON DELETE RESTRICT,
  email text,
  store_id integer NOT NULL REFERENCES store,
  active boolean NOT NULL DEFAULT true,
  username text NOT NULL,
  password text,
  last_update timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
  picture blob
);

CREATE TABLE customer (
  customer_id integer PRIMARY KEY AUTOINCREMENT,
  store_id integer NOT NULL REFERENCES store ON UPDATE CASCADE ON DELETE RESTRICT,
  first_name text NOT NULL,
  last_name text NOT NULL,
  email text,
  address_id integer NOT NULL REFERENCES address ON UPDATE CASCADE ON DELETE RESTRICT,
  activebool boolean NOT NULL DEFAULT true,
  create_date date NOT NULL DEFAULT CURRENT_DATE,
  last_update timestamp DEFAULT CURRENT_TIMESTAMP,
  active integer
);
CREATE INDEX idx_fk_store_id ON customer (store_id);

CREATE TABLE inventory (
  inventory_id integer PRIMARY KEY AUTOINCREMENT,
  film_id integer NOT NULL REFERENCES film ON UPDATE CASCADE ON DELETE RESTRICT,
  store_id integer NOT NULL REFERENCES store ON UPDATE CASCADE ON DELETE RESTRICT,
  last_update timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX idx_store_id_film_id ON inventory (store_id, film_id);

CREATE TABLE rental (
  rental_id integer PRIMARY KEY AUTOINCREMENT,
  rental_date timestamp NOT NULL,
  inventory_id integer NOT NULL REFERENCES inventory ON UPDATE CASCADE ON DELETE RESTRICT,
  customer_id integer NOT NULL REFERENCES customer ON UPDATE CASCADE ON DELETE RESTRICT,
  return_date timestamp,
  staff_id integer NOT NULL REFERENCES staff ON UPDATE CASCADE ON DELETE RESTRICT,
  last_update timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE UNIQUE INDEX idx_unq_rental ON rental (rental_date, inventory_id, customer_id);

CREATE TABLE payment (
  payment_id integer PRIMARY KEY AUTOINCREMENT,
  customer_id integer NOT NULL REFERENCES customer ON UPDATE CASCADE ON DELETE RESTRICT,
  staff_id integer NOT NULL REFERENCES staff ON UPDATE CASCADE ON DELETE RESTRICT,
  rental_id integer NOT NULL REFERENCES rental ON UPDATE CASCADE ON DELETE RESTRICT,
  amount numeric(5, 2) NOT NULL,
  payment_date timestamp NOT NULL
);


CREATE VIEW customer_list AS SELECT c.customer_id, c.first_name || ' ' || c.last_name AS name FROM customer c;

-- A shop and its first clerk, who manages it: each needs the other.
BEGIN;
INSERT INTO language (name) VALUES ('English'), ('Italian'), ('Japanese'), ('Mandarin'), ('French'), ('German');
INSERT INTO country (country) VALUES ('Canada'), ('Australia');
INSERT INTO city (city, country_id) VALUES ('Lethbridge', 1), ('Woodridge', 2);
INSERT INTO address (address, district, city_id, phone) VALUES
  ('47 MySakila Drive', 'Alberta', 1, ''), ('28 MySQL Boulevard', 'QLD', 2, '');
INSERT INTO store (manager_staff_id, address_id) VALUES (1, 1), (2, 2);
INSERT INTO staff (first_name, last_name, address_id, store_id, username) VALUES
  ('Mike', 'Hillyer', 1, 1, 'Mike'), ('Jon', 'Stephens', 2, 2, 'Jon');
COMMIT;
