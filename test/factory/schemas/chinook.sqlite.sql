-- The music shop of the Chinook example, with names that need quotes.
CREATE TABLE "Artist" ("ArtistId" integer PRIMARY KEY, "Name" varchar(120));
CREATE TABLE "Album" (
  "AlbumId" integer PRIMARY KEY,
  "Title" varchar(160) NOT NULL,
  "ArtistId" integer NOT NULL REFERENCES "Artist"
);
CREATE INDEX "IFK_AlbumArtistId" ON "Album" ("ArtistId");
CREATE TABLE "Employee" (
  "EmployeeId" integer PRIMARY KEY,
  "LastName" varchar(20) NOT NULL,
  "FirstName" varchar(20) NOT NULL,
  "Title" varchar(30),
  "ReportsTo" integer REFERENCES "Employee",
  "BirthDate" datetime,
  "HireDate" datetime,
  "Address" varchar(70),
  "City" varchar(40),
  "State" varchar(40),
  "Country" varchar(40),
  "PostalCode" varchar(10),
  "Phone" varchar(24),
  "Fax" varchar(24),
  "Email" varchar(60)
);
CREATE TABLE "Customer" (
  "CustomerId" integer PRIMARY KEY,
  "FirstName" varchar(40) NOT NULL,
  "LastName" varchar(20) NOT NULL,
  "Company" varchar(80),
  "Address" varchar(70),
  "City" varchar(40),
  "State" varchar(40),
  "Country" varchar(40),
  "PostalCode" varchar(10),
  "Phone" varchar(24),
  "Fax" varchar(24),
  "Email" varchar(60) NOT NULL,
  "SupportRepId" integer REFERENCES "Employee"
);
CREATE INDEX "IFK_CustomerSupportRepId" ON "Customer" ("SupportRepId");
CREATE TABLE "Genre" ("GenreId" integer PRIMARY KEY, "Name" varchar(120));
CREATE TABLE "MediaType" ("MediaTypeId" integer PRIMARY KEY, "Name" varchar(120));
CREATE TABLE "Track" (
  "TrackId" integer PRIMARY KEY,
  "Name" varchar(200) NOT NULL,
  "AlbumId" integer REFERENCES "Album",
  "MediaTypeId" integer NOT NULL REFERENCES "MediaType",
  "GenreId" integer REFERENCES "Genre",
  "Composer" varchar(220),
  "Milliseconds" integer NOT NULL,
  "Bytes" integer,
  "UnitPrice" numeric(10, 2) NOT NULL
);
CREATE INDEX "IFK_TrackAlbumId" ON "Track" ("AlbumId");
CREATE INDEX "IFK_TrackGenreId" ON "Track" ("GenreId");
CREATE TABLE "Invoice" (
  "InvoiceId" integer PRIMARY KEY,
  "CustomerId" integer NOT NULL REFERENCES "Customer",
  "InvoiceDate" datetime NOT NULL,
  "BillingAddress" varchar(70),
  "BillingCity" varchar(40),
  "BillingState" varchar(40),
  "BillingCountry" varchar(40),
  "BillingPostalCode" varchar(10),
  "Total" numeric(10, 2) NOT NULL
);
CREATE TABLE "InvoiceLine" (
  "InvoiceLineId" integer PRIMARY KEY,
  "InvoiceId" integer NOT NULL REFERENCES "Invoice",
  "TrackId" integer NOT NULL REFERENCES "Track",
  "UnitPrice" numeric(10, 2) NOT NULL,
  "Quantity" integer NOT NULL
);
CREATE TABLE "Playlist" ("PlaylistId" integer PRIMARY KEY, "Name" varchar(120));
CREATE TABLE "PlaylistTrack" (
  "PlaylistId" integer NOT NULL REFERENCES "Playlist",
  "TrackId" integer NOT NULL REFERENCES "Track",
  PRIMARY KEY ("PlaylistId", "TrackId")
);
INSERT INTO "Genre" VALUES (1, 'Rock'), (2, 'Jazz'), (3, 'Metal');
INSERT INTO "MediaType" VALUES (1, 'MPEG audio file'), (2, 'AAC audio file');
INSERT INTO "Artist" VALUES (1, 'AC/DC');
