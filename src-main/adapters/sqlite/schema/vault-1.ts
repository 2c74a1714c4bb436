// Version 1 of the vault's own database: facts about secrets, and who asked for them. No value is in it.

export const vaultSchema = `
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE secrets (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL COLLATE NOCASE UNIQUE,
  bindings TEXT NOT NULL,
  created_at REAL NOT NULL,
  set_at REAL NOT NULL,
  version INTEGER NOT NULL,
  uses INTEGER NOT NULL,
  last_used_at REAL,
  expires_at REAL,
  note TEXT,
  next_version INTEGER,
  rotating_since REAL,
  next_first INTEGER NOT NULL
) STRICT;

CREATE TABLE releases (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  at REAL NOT NULL,
  secret TEXT NOT NULL,
  binding TEXT NOT NULL,
  purpose TEXT NOT NULL,
  outcome TEXT NOT NULL
) STRICT;
CREATE INDEX releases_by_secret ON releases (secret, n);
`;
