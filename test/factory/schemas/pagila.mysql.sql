-- The film rental shop of the Sakila example, as MySQL would have it.
CREATE TABLE actor (
  actor_id integer NOT NULL AUTO_INCREMENT PRIMARY KEY,
  first_name varchar(128) NOT NULL,
  last_name varchar(128) NOT NULL,
  last_update timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP
);
CREATE INDEX idx_actor_last_name ON actor (last_name);

CREATE TABLE category (
  category_id integer NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name varchar(128) NOT NULL,
  last_update timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP
);

CREATE TABLE language (
  language_id integer NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name char(20) NOT NULL,
  last_update timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP
);

CREATE TABLE country (
  country_id integer NOT NULL AUTO_INCREMENT PRIMARY KEY,
  country varchar(128) NOT NULL,
  last_update timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP
);

CREATE TABLE city (
  city_id integer NOT NULL AUTO_INCREMENT PRIMARY KEY,
  city varchar(128) NOT NULL,
  country_id integer NOT NULL,
  last_update timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  FOREIGN KEY (country_id) REFERENCES country (country_id) ON UPDATE CASCADE ON DELETE RESTRICT
);
CREATE INDEX idx_fk_country_id ON city (country_id);

CREATE TABLE address (
  address_id integer NOT NULL AUTO_INCREMENT PRIMARY KEY,
  address varchar(128) NOT NULL,
  address2 varchar(128),
  district varchar(128) NOT NULL,
  city_id integer NOT NULL,
  postal_code varchar(128),
  phone varchar(128) NOT NULL,
  last_update timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  FOREIGN KEY (city_id) REFERENCES city (city_id) ON UPDATE CASCADE ON DELETE RESTRICT
);
CREATE INDEX idx_fk_city_id ON address (city_id);

CREATE TABLE film (
  film_id integer NOT NULL AUTO_INCREMENT PRIMARY KEY,
  title varchar(128) NOT NULL,
  description text,
  release_year year,
  language_id integer NOT NULL,
  original_language_id integer,
  rental_duration smallint NOT NULL DEFAULT 3,
  rental_rate numeric(4, 2) NOT NULL DEFAULT 4.99,
  length smallint,
  replacement_cost numeric(5, 2) NOT NULL DEFAULT 19.99,
  rating enum('G', 'PG', 'PG-13', 'R', 'NC-17') DEFAULT 'G',
  last_update timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  special_features set('Trailers', 'Commentaries', 'Deleted Scenes', 'Behind the Scenes'),
  FOREIGN KEY (language_id) REFERENCES language (language_id) ON UPDATE CASCADE ON DELETE RESTRICT,
  FOREIGN KEY (original_language_id) REFERENCES language (language_id) ON UPDATE CASCADE ON DELETE RESTRICT
);
CREATE INDEX idx_title ON film (title);

CREATE TABLE film_actor (
  actor_id integer NOT NULL,
  film_id integer NOT NULL,
  last_update timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (actor_id, film_id),
  FOREIGN KEY (actor_id) REFERENCES actor (actor_id) ON UPDATE CASCADE ON DELETE RESTRICT,
  FOREIGN KEY (film_id) REFERENCES film (film_id) ON UPDATE CASCADE ON DELETE RESTRICT
);
CREATE INDEX idx_fk_film_id ON film_actor (film_id);

CREATE TABLE film_category (
  film_id integer NOT NULL,
  category_id integer NOT NULL,
  last_update timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (film_id, category_id),
  FOREIGN KEY (film_id) REFERENCES film (film_id) ON UPDATE CASCADE ON DELETE RESTRICT,
  FOREIGN KEY (category_id) REFERENCES category (category_id) ON UPDATE CASCADE ON DELETE RESTRICT
);

CREATE TABLE store (
  store_id integer NOT NULL AUTO_INCREMENT PRIMARY KEY,
  manager_staff_id integer NOT NULL,
  address_id integer NOT NULL,
  last_update timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  FOREIGN KEY (address_id) REFERENCES address (address_id) ON UPDATE CASCADE ON DELETE RESTRICT
);
CREATE UNIQUE INDEX idx_unq_manager_staff_id ON store (manager_staff_id);

CREATE TABLE staff (
  staff_id integer NOT NULL AUTO_INCREMENT PRIMARY KEY,
  first_name varchar(128) NOT NULL,
  last_name varchar(128) NOT NULL,
  address_id integer NOT NULL,
  email varchar(128),
  store_id integer NOT NULL,
  active boolean NOT NULL DEFAULT true,
  username varchar(128) NOT NULL,
  password varchar(128),
  last_update timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  picture blob,
  FOREIGN KEY (address_id) REFERENCES address (address_id) ON UPDATE CASCADE ON DELETE RESTRICT,
  FOREIGN KEY (store_id) REFERENCES store (store_id)
);

CREATE TABLE customer (
  customer_id integer NOT NULL AUTO_INCREMENT PRIMARY KEY,
  store_id integer NOT NULL,
  first_name varchar(128) NOT NULL,
  last_name varchar(128) NOT NULL,
  email varchar(128),
  address_id integer NOT NULL,
  activebool boolean NOT NULL DEFAULT true,
  create_date date NOT NULL,
  last_update timestamp DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  active integer,
  FOREIGN KEY (store_id) REFERENCES store (store_id) ON UPDATE CASCADE ON DELETE RESTRICT,
  FOREIGN KEY (address_id) REFERENCES address (address_id) ON UPDATE CASCADE ON DELETE RESTRICT
);
CREATE INDEX idx_fk_store_id ON customer (store_id);

CREATE TABLE inventory (
  inventory_id integer NOT NULL AUTO_INCREMENT PRIMARY KEY,
  film_id integer NOT NULL,
  store_id integer NOT NULL,
  last_update timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  FOREIGN KEY (film_id) REFERENCES film (film_id) ON UPDATE CASCADE ON DELETE RESTRICT,
  FOREIGN KEY (store_id) REFERENCES store (store_id) ON UPDATE CASCADE ON DELETE RESTRICT
);
CREATE INDEX idx_store_id_film_id ON inventory (store_id, film_id);

CREATE TABLE rental (
  rental_id integer NOT NULL AUTO_INCREMENT PRIMARY KEY,
  rental_date datetime NOT NULL,
  inventory_id integer NOT NULL,
  customer_id integer NOT NULL,
  return_date datetime,
  staff_id integer NOT NULL,
  last_update timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  FOREIGN KEY (inventory_id) REFERENCES inventory (inventory_id) ON UPDATE CASCADE ON DELETE RESTRICT,
  FOREIGN KEY (customer_id) REFERENCES customer (customer_id) ON UPDATE CASCADE ON DELETE RESTRICT,
  FOREIGN KEY (staff_id) REFERENCES staff (staff_id) ON UPDATE CASCADE ON DELETE RESTRICT
);
CREATE UNIQUE INDEX idx_unq_rental ON rental (rental_date, inventory_id, customer_id);

CREATE TABLE payment (
  payment_id integer NOT NULL AUTO_INCREMENT PRIMARY KEY,
  customer_id integer NOT NULL,
  staff_id integer NOT NULL,
  rental_id integer NOT NULL,
  amount numeric(5, 2) NOT NULL,
  payment_date datetime NOT NULL,
  FOREIGN KEY (customer_id) REFERENCES customer (customer_id) ON UPDATE CASCADE ON DELETE RESTRICT,
  FOREIGN KEY (staff_id) REFERENCES staff (staff_id) ON UPDATE CASCADE ON DELETE RESTRICT,
  FOREIGN KEY (rental_id) REFERENCES rental (rental_id) ON UPDATE CASCADE ON DELETE RESTRICT
);


CREATE VIEW customer_list AS SELECT c.customer_id, concat(c.first_name, ' ', c.last_name) AS name FROM customer c;

-- A shop and its first clerk, who manages it: each needs the other.
INSERT INTO language (name) VALUES ('English'), ('Italian'), ('Japanese'), ('Mandarin'), ('French'), ('German');
INSERT INTO country (country) VALUES ('Canada'), ('Australia');
INSERT INTO city (city, country_id) VALUES ('Lethbridge', 1), ('Woodridge', 2);
INSERT INTO address (address, district, city_id, phone) VALUES
  ('47 MySakila Drive', 'Alberta', 1, ''), ('28 MySQL Boulevard', 'QLD', 2, '');
INSERT INTO store (manager_staff_id, address_id) VALUES (1, 1), (2, 2);
INSERT INTO staff (first_name, last_name, address_id, store_id, username) VALUES
  ('Mike', 'Hillyer', 1, 1, 'Mike'), ('Jon', 'Stephens', 2, 2, 'Jon');
ALTER TABLE store ADD CONSTRAINT store_manager_staff_id_fkey
  FOREIGN KEY (manager_staff_id) REFERENCES staff (staff_id) ON UPDATE CASCADE ON DELETE RESTRICT;
