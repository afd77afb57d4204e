-- Forty tables with every kind of constraint that SQLite has: an invented project tracker with a shop, of many tenants.

-- 1–3: keys of letters, look-ups
CREATE TABLE countries (
  code varchar(6) PRIMARY KEY,
  name varchar(80) NOT NULL UNIQUE,
  calling_code smallint CHECK (calling_code BETWEEN 1 AND 999)
);
CREATE TABLE currencies (
  code char(6) PRIMARY KEY,
  symbol varchar(4) NOT NULL,
  minor_units integer NOT NULL DEFAULT 2 CHECK (minor_units IN (0, 2, 3))
);
CREATE TABLE tenants (
  id char(36) PRIMARY KEY,
  slug varchar(40) NOT NULL UNIQUE CHECK (slug = lower(slug)),
  tier text NOT NULL DEFAULT 'free' CHECK (tier IN ('free', 'team', 'business', 'enterprise')),
  seats smallint NOT NULL DEFAULT 5 CHECK (seats > 0 AND seats <= 5000),
  settings json NOT NULL CHECK (json_valid(settings)),
  created_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- 4–8: people; unique without regard to case, references to themselves, one to one by the primary key
CREATE TABLE users (
  id integer PRIMARY KEY AUTOINCREMENT,
  tenant_id char(36) NOT NULL,
  email varchar(160) NOT NULL,
  display_name varchar(120) NOT NULL CHECK (trim(display_name) <> ''),
  role varchar(10) NOT NULL DEFAULT 'member' CHECK (role IN ('member', 'admin', 'owner')),
  manager_id bigint,
  born_on date CHECK (born_on >= '1920-01-01' AND born_on < '2010-01-01'),
  locale varchar(5) NOT NULL DEFAULT 'en',
  created_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
  deleted_at timestamp,
  UNIQUE (tenant_id, id),
  FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE,
  FOREIGN KEY (manager_id) REFERENCES users (id) ON DELETE SET NULL,
  CHECK (deleted_at IS NULL OR deleted_at > created_at)
);
CREATE UNIQUE INDEX users_email_key ON users (lower(email));
CREATE TABLE user_profiles (
  user_id bigint PRIMARY KEY,
  bio text CHECK (length(bio) <= 500),
  avatar blob,
  preferences json,
  homepage varchar(200) CHECK (homepage IS NULL OR homepage LIKE 'http%'),
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE TABLE user_secrets (
  user_id bigint PRIMARY KEY,
  token blob NOT NULL UNIQUE,
  password_hash varchar(100) NOT NULL CHECK (length(password_hash) >= 20),
  FOREIGN KEY (user_id) REFERENCES user_profiles (user_id) ON DELETE CASCADE
);
CREATE TABLE sessions (
  id char(36) PRIMARY KEY,
  user_id bigint NOT NULL,
  ip varchar(45),
  user_agent varchar(300),
  started_at datetime NOT NULL,
  expires_at datetime NOT NULL,
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  CHECK (expires_at > started_at)
);
CREATE INDEX sessions_user_idx ON sessions (user_id, started_at);
CREATE TABLE api_keys (
  id integer PRIMARY KEY AUTOINCREMENT,
  user_id bigint NOT NULL,
  name varchar(60) NOT NULL,
  prefix char(8) NOT NULL UNIQUE,
  scopes json NOT NULL,
  revoked_at datetime,
  created_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
  UNIQUE (user_id, name),
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);

-- 9–11: composite keys that share tenant_id
CREATE TABLE teams (
  id integer PRIMARY KEY AUTOINCREMENT,
  tenant_id char(36) NOT NULL,
  name varchar(80) NOT NULL,
  lead_id bigint,
  UNIQUE (tenant_id, name),
  UNIQUE (tenant_id, id),
  FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE,
  FOREIGN KEY (tenant_id, lead_id) REFERENCES users (tenant_id, id)
);
CREATE TABLE team_members (
  tenant_id char(36) NOT NULL,
  team_id int NOT NULL,
  user_id bigint NOT NULL,
  role varchar(10) NOT NULL DEFAULT 'member' CHECK (role IN ('member', 'maintainer')),
  joined_at date NOT NULL,
  PRIMARY KEY (team_id, user_id),
  FOREIGN KEY (tenant_id, team_id) REFERENCES teams (tenant_id, id) ON DELETE CASCADE,
  FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE TABLE projects (
  tenant_id char(36) NOT NULL,
  number int NOT NULL CHECK (number > 0),
  code varchar(12) NOT NULL,
  title varchar(120) NOT NULL CHECK (length(title) BETWEEN 3 AND 120),
  owner_id bigint,
  starts_on date NOT NULL,
  ends_on date,
  budget decimal(12, 2) CHECK (budget > 0),
  PRIMARY KEY (tenant_id, number),
  UNIQUE (tenant_id, code),
  FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE,
  FOREIGN KEY (tenant_id, owner_id) REFERENCES users (tenant_id, id),
  CHECK (starts_on <= ends_on)
);

-- 12–19: an optional circle, partial unique indexes, an exclusive arc, join tables
CREATE TABLE milestones (
  id integer PRIMARY KEY AUTOINCREMENT,
  tenant_id char(36) NOT NULL,
  project_number int NOT NULL,
  title varchar(80) NOT NULL,
  due_on date,
  is_current boolean NOT NULL DEFAULT false,
  FOREIGN KEY (tenant_id, project_number) REFERENCES projects (tenant_id, number) ON DELETE CASCADE
);
CREATE UNIQUE INDEX milestones_current_key ON milestones (tenant_id, project_number) WHERE is_current;
CREATE TABLE issues (
  id integer PRIMARY KEY AUTOINCREMENT,
  tenant_id char(36) NOT NULL,
  project_number int NOT NULL,
  number int NOT NULL CHECK (number >= 1),
  title varchar(200) NOT NULL CHECK (length(title) >= 3),
  body text,
  state varchar(10) NOT NULL DEFAULT 'open' CHECK (state = 'open' OR state = 'closed' OR state = 'draft'),
  priority integer NOT NULL DEFAULT 3 CHECK (priority BETWEEN 1 AND 5),
  labels json,
  estimate time,
  title_key varchar(200) GENERATED ALWAYS AS (lower(title)) STORED,
  parent_id bigint,
  duplicate_of bigint,
  first_comment_id bigint,
  milestone_id bigint,
  opened_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
  closed_at datetime,
  UNIQUE (tenant_id, project_number, number),
  FOREIGN KEY (tenant_id, project_number) REFERENCES projects (tenant_id, number) ON DELETE CASCADE,
  FOREIGN KEY (parent_id) REFERENCES issues (id) ON DELETE SET NULL,
  FOREIGN KEY (duplicate_of) REFERENCES issues (id),
  FOREIGN KEY (milestone_id) REFERENCES milestones (id) ON DELETE SET NULL,
  FOREIGN KEY (first_comment_id) REFERENCES comments (id) ON DELETE SET NULL,
  CHECK (closed_at IS NULL OR closed_at >= opened_at)
);
CREATE TABLE comments (
  id integer PRIMARY KEY AUTOINCREMENT,
  issue_id bigint NOT NULL,
  author_id bigint,
  reply_to bigint,
  body text NOT NULL CHECK (body <> ''),
  created_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
  edited_at datetime,
  FOREIGN KEY (issue_id) REFERENCES issues (id) ON DELETE CASCADE,
  FOREIGN KEY (author_id) REFERENCES users (id) ON DELETE SET NULL,
  FOREIGN KEY (reply_to) REFERENCES comments (id) ON DELETE CASCADE,
  CONSTRAINT edited_after_created CHECK (edited_at >= created_at)
);
CREATE TABLE attachments (
  id char(36) PRIMARY KEY,
  issue_id bigint,
  comment_id bigint,
  file_name varchar(255) NOT NULL,
  size_bytes int NOT NULL CHECK (size_bytes > 0),
  checksum blob,
  FOREIGN KEY (issue_id) REFERENCES issues (id),
  FOREIGN KEY (comment_id) REFERENCES comments (id),
  CHECK (issue_id IS NOT NULL OR comment_id IS NOT NULL)
);
CREATE TABLE labels (
  id integer PRIMARY KEY AUTOINCREMENT,
  tenant_id char(36) NOT NULL,
  name varchar(40) NOT NULL,
  color char(7) NOT NULL DEFAULT '#888888',
  UNIQUE (tenant_id, name),
  FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE
);
CREATE TABLE issue_labels (
  issue_id bigint,
  label_id smallint,
  PRIMARY KEY (issue_id, label_id),
  FOREIGN KEY (issue_id) REFERENCES issues (id) ON DELETE CASCADE,
  FOREIGN KEY (label_id) REFERENCES labels (id) ON DELETE CASCADE
);
CREATE TABLE issue_links (
  from_id bigint NOT NULL,
  to_id bigint NOT NULL,
  kind text NOT NULL CHECK (kind IN ('blocks', 'relates', 'duplicates')),
  created_by bigint,
  PRIMARY KEY (from_id, to_id, kind),
  FOREIGN KEY (from_id) REFERENCES issues (id),
  FOREIGN KEY (to_id) REFERENCES issues (id),
  FOREIGN KEY (created_by) REFERENCES users (id) ON DELETE SET NULL,
  CHECK (from_id <> to_id)
);
CREATE TABLE watchers (
  issue_id bigint NOT NULL,
  user_id bigint NOT NULL,
  muted boolean NOT NULL DEFAULT false,
  UNIQUE (issue_id, user_id),
  FOREIGN KEY (issue_id) REFERENCES issues (id) ON DELETE CASCADE,
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);

-- 20–25: a shop; several unique sets, comparisons of columns, computed columns
CREATE TABLE categories (
  id integer PRIMARY KEY AUTOINCREMENT,
  parent_id smallint,
  slug varchar(60) NOT NULL UNIQUE,
  depth integer NOT NULL DEFAULT 0 CHECK (depth >= 0 AND depth < 8),
  FOREIGN KEY (parent_id) REFERENCES categories (id)
);
CREATE TABLE products (
  id integer PRIMARY KEY AUTOINCREMENT,
  sku varchar(16) NOT NULL UNIQUE,
  ean varchar(13) UNIQUE,
  name varchar(120) NOT NULL,
  price decimal(8, 2) NOT NULL CHECK (price >= 0),
  sale_price decimal(8, 2),
  weight float CHECK (weight > 0 AND weight < 1000),
  tags json,
  attributes json,
  CHECK (sale_price IS NULL OR sale_price <= price)
);
CREATE TABLE product_translations (
  product_id int NOT NULL,
  locale varchar(5) NOT NULL CHECK (locale IN ('en', 'de', 'fr')),
  name varchar(120) NOT NULL,
  PRIMARY KEY (product_id, locale),
  FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE
);
CREATE TABLE product_categories (
  product_id int NOT NULL,
  category_id smallint NOT NULL,
  position int NOT NULL CHECK (position >= 0),
  PRIMARY KEY (product_id, category_id),
  UNIQUE (category_id, position),
  FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE,
  FOREIGN KEY (category_id) REFERENCES categories (id) ON DELETE CASCADE
);
CREATE TABLE warehouses (
  id smallint PRIMARY KEY CHECK (id > 0),
  code varchar(8) NOT NULL UNIQUE,
  opens time NOT NULL,
  closes time NOT NULL,
  CHECK (opens < closes)
);
CREATE TABLE stock_levels (
  warehouse_id smallint NOT NULL,
  product_id int NOT NULL,
  on_hand int NOT NULL DEFAULT 0 CHECK (on_hand >= 0),
  reserved int NOT NULL DEFAULT 0,
  counted_at datetime,
  PRIMARY KEY (warehouse_id, product_id),
  FOREIGN KEY (warehouse_id) REFERENCES warehouses (id),
  FOREIGN KEY (product_id) REFERENCES products (id),
  CHECK (reserved >= 0 AND reserved <= on_hand)
);

-- 26–33: orders; one to one by a unique reference, overlapping references, a key of several columns far down
CREATE TABLE customers (
  id integer PRIMARY KEY AUTOINCREMENT,
  user_id bigint UNIQUE,
  name varchar(100) NOT NULL,
  contact varchar(254) CHECK (length(contact) >= 6),
  country_code varchar(6) NOT NULL,
  vat_id varchar(20),
  UNIQUE (country_code, vat_id),
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE SET NULL,
  FOREIGN KEY (country_code) REFERENCES countries (code) ON UPDATE CASCADE
);
CREATE TABLE addresses (
  id integer PRIMARY KEY AUTOINCREMENT,
  customer_id bigint NOT NULL,
  kind varchar(10) NOT NULL CHECK (kind IN ('billing', 'shipping')),
  street varchar(120) NOT NULL,
  city varchar(80) NOT NULL,
  city_key varchar(80) AS (lower(city)) VIRTUAL,
  is_default boolean NOT NULL DEFAULT false,
  UNIQUE (customer_id, id),
  FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX addresses_default_key ON addresses (customer_id, kind) WHERE is_default;
CREATE TABLE orders (
  id char(36) PRIMARY KEY,
  number integer NOT NULL UNIQUE,
  customer_id bigint NOT NULL,
  address_id bigint,
  currency char(6) NOT NULL,
  state text NOT NULL DEFAULT 'cart' CHECK (state IN ('cart', 'placed', 'shipped', 'delivered', 'returned')),
  total bigint NOT NULL CHECK (total BETWEEN 0 AND 100000000000),
  placed_at datetime NOT NULL,
  shipped_at datetime,
  delivered_at datetime,
  FOREIGN KEY (customer_id) REFERENCES customers (id),
  FOREIGN KEY (customer_id, address_id) REFERENCES addresses (customer_id, id),
  FOREIGN KEY (currency) REFERENCES currencies (code),
  CHECK (shipped_at >= placed_at),
  CHECK (delivered_at >= shipped_at)
);
CREATE TABLE order_lines (
  order_id char(36) NOT NULL,
  line_no smallint NOT NULL CHECK (line_no BETWEEN 1 AND 20),
  product_id int NOT NULL,
  quantity int NOT NULL CHECK (quantity > 0),
  unit_price decimal(8, 2) NOT NULL CHECK (unit_price >= 0),
  line_total decimal(20, 2) AS (quantity * unit_price) STORED,
  PRIMARY KEY (order_id, line_no),
  FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE,
  FOREIGN KEY (product_id) REFERENCES products (id)
);
CREATE TABLE payments (
  id integer PRIMARY KEY AUTOINCREMENT,
  order_id char(36) NOT NULL UNIQUE,
  amount bigint NOT NULL CHECK (amount >= 0),
  method varchar(10) NOT NULL CHECK (method IN ('card', 'transfer', 'cash')),
  paid_at datetime NOT NULL,
  FOREIGN KEY (order_id) REFERENCES orders (id)
);
CREATE TABLE refunds (
  payment_id bigint PRIMARY KEY,
  amount bigint NOT NULL CHECK (amount >= 0),
  approved_by bigint,
  FOREIGN KEY (payment_id) REFERENCES payments (id),
  FOREIGN KEY (approved_by) REFERENCES users (id)
);
CREATE TABLE shipments (
  id integer PRIMARY KEY AUTOINCREMENT,
  order_id char(36) NOT NULL,
  carrier varchar(20) NOT NULL,
  tracking varchar(40) UNIQUE,
  FOREIGN KEY (order_id) REFERENCES orders (id)
);
CREATE TABLE shipment_lines (
  shipment_id bigint NOT NULL,
  order_id char(36) NOT NULL,
  line_no smallint NOT NULL,
  quantity int NOT NULL CHECK (quantity > 0),
  PRIMARY KEY (shipment_id, order_id, line_no),
  FOREIGN KEY (shipment_id) REFERENCES shipments (id) ON DELETE CASCADE,
  FOREIGN KEY (order_id, line_no) REFERENCES order_lines (order_id, line_no)
);

-- 34–37: circles in which every reference is required
CREATE TABLE invoices (
  id integer PRIMARY KEY AUTOINCREMENT,
  tenant_id char(36) NOT NULL,
  current_revision_id bigint NOT NULL UNIQUE,
  issued_on date NOT NULL,
  FOREIGN KEY (tenant_id) REFERENCES tenants (id),
  FOREIGN KEY (current_revision_id) REFERENCES invoice_revisions (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE invoice_revisions (
  id integer PRIMARY KEY AUTOINCREMENT,
  invoice_id bigint NOT NULL,
  amount bigint NOT NULL CHECK (amount >= 0),
  FOREIGN KEY (invoice_id) REFERENCES invoices (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE departments (
  id integer PRIMARY KEY AUTOINCREMENT,
  name varchar(60) NOT NULL,
  head_id int NOT NULL REFERENCES employees (id)
);
CREATE TABLE employees (
  id integer PRIMARY KEY AUTOINCREMENT,
  department_id int NOT NULL,
  name varchar(80) NOT NULL,
  FOREIGN KEY (department_id) REFERENCES departments (id)
);

-- 38–40: triggers that reach further, every type
CREATE TABLE bookings (
  id integer PRIMARY KEY AUTOINCREMENT,
  room smallint NOT NULL CHECK (room BETWEEN 1 AND 500),
  starts_at datetime NOT NULL,
  ends_at datetime NOT NULL,
  UNIQUE (room, starts_at),
  CHECK (starts_at < ends_at)
);
CREATE TABLE ratings (
  user_id bigint NOT NULL,
  product_id int NOT NULL,
  stars integer NOT NULL CHECK (stars BETWEEN 1 AND 5),
  PRIMARY KEY (user_id, product_id),
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE
);
CREATE TRIGGER ratings_product AFTER INSERT ON ratings FOR EACH ROW BEGIN
  UPDATE products SET attributes = json_object('stars', NEW.stars) WHERE id = NEW.product_id;
END;
CREATE TABLE measurements (
  id integer PRIMARY KEY AUTOINCREMENT,
  tiny_value integer NOT NULL,
  small_value smallint NOT NULL,
  medium_value integer NOT NULL,
  big_value bigint NOT NULL,
  real_value float NOT NULL,
  double_value double NOT NULL,
  exact_value decimal(20, 6) NOT NULL,
  share decimal(3, 3) NOT NULL CHECK (share >= 0),
  is_valid boolean NOT NULL,
  code char(5) NOT NULL,
  raw blob NOT NULL,
  large_raw blob,
  day date NOT NULL,
  at_time time NOT NULL,
  local_at datetime NOT NULL,
  taken_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
  made_in year NOT NULL,
  document json NOT NULL,
  note text,
  short_note text,
  flags integer NOT NULL
);
