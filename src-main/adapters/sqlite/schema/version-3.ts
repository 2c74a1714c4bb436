// Version 3 of the database: calls of models and what was said in them, gateway keys, the ledger of what left the machine.

/**
 * The rules for `n`, ids, numbers and times are those of version 1; an id of a call is 16 bytes where it is a UUID. What repeats from row to
 * row (hosts, models, endpoints, keys) stands once, in `names`.
 */
export const version3 = `
CREATE TABLE names (
  n INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
);

-- key, endpoint, model, provider: names. state, source: numbers in call-rows.ts.
CREATE TABLE calls (
  n INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  key INTEGER NOT NULL,
  run BLOB,
  at REAL NOT NULL,
  endpoint INTEGER NOT NULL,
  model INTEGER,
  provider INTEGER,
  stream INTEGER NOT NULL,
  state INTEGER NOT NULL,
  status INTEGER,
  source INTEGER,
  first_byte_ms REAL,
  ms REAL,
  input_tokens INTEGER,
  output_tokens INTEGER,
  cached_tokens INTEGER,
  cost_usd REAL,
  trace BLOB,
  problem TEXT
);
CREATE INDEX calls_key ON calls (key);
CREATE INDEX calls_run ON calls (run) WHERE run IS NOT NULL;
CREATE INDEX calls_at ON calls (at);
CREATE INDEX calls_open ON calls (n) WHERE state < 2;

-- Sums of the calls that began in a quarter of an hour, of which every time zone's days are made. scope: 0 for all calls, a key's name's
-- number, or a run's id.
CREATE TABLE call_sums (
  scope BLOB NOT NULL,
  quarter INTEGER NOT NULL,
  calls INTEGER NOT NULL,
  input_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  usd REAL NOT NULL,
  unpriced INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  PRIMARY KEY (scope, quarter)
) WITHOUT ROWID;

-- id: the call's. dialect: number in exchanges.ts. rest, headers: JSON. body: as is_deflated says.
CREATE TABLE exchanges (
  n INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  dialect INTEGER NOT NULL,
  read INTEGER NOT NULL REFERENCES turns (n),
  wrote INTEGER REFERENCES turns (n),
  residue INTEGER REFERENCES residues (n),
  status INTEGER NOT NULL,
  rest TEXT NOT NULL,
  headers TEXT NOT NULL,
  is_deflated INTEGER NOT NULL,
  body BLOB NOT NULL
);
CREATE INDEX exchanges_read ON exchanges (read, dialect);
CREATE INDEX exchanges_wrote ON exchanges (wrote) WHERE wrote IS NOT NULL;

-- hash: of the key. settings: JSON.
CREATE TABLE gateway_keys (
  n INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  hash BLOB UNIQUE,
  prefix TEXT NOT NULL,
  settings TEXT NOT NULL,
  created_at REAL NOT NULL,
  last_used_at REAL,
  revoked_at REAL
);

-- n: the entry's own number. kind: number in ledger-rows.ts. opens: n of the entry that a close closes. host, method, path, purpose, key,
-- model, secret, reason: names. Every column but hash is hashed.
CREATE TABLE ledger (
  n INTEGER PRIMARY KEY,
  at REAL NOT NULL,
  kind INTEGER NOT NULL,
  opens INTEGER,
  host INTEGER NOT NULL,
  port INTEGER NOT NULL,
  method INTEGER,
  path INTEGER,
  purpose INTEGER NOT NULL,
  run BLOB,
  key INTEGER,
  model INTEGER,
  secret INTEGER,
  sent INTEGER,
  received INTEGER,
  status INTEGER,
  ms REAL,
  reason INTEGER,
  hash BLOB NOT NULL
);
CREATE INDEX ledger_at ON ledger (at);
CREATE INDEX ledger_host ON ledger (host);
CREATE INDEX ledger_run ON ledger (run) WHERE run IS NOT NULL;
CREATE INDEX ledger_key ON ledger (key) WHERE key IS NOT NULL;
CREATE INDEX ledger_opens ON ledger (opens) WHERE opens IS NOT NULL;
CREATE INDEX ledger_refused ON ledger (n) WHERE kind = 2;

-- What is written stays: against slips, not against who has the file.
CREATE TRIGGER ledger_kept BEFORE DELETE ON ledger BEGIN
  SELECT RAISE (ABORT, 'An entry of the ledger is for good');
END;
CREATE TRIGGER ledger_unchanged BEFORE UPDATE ON ledger BEGIN
  SELECT RAISE (ABORT, 'An entry of the ledger is for good');
END;
`;
