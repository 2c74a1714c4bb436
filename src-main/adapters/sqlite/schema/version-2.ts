// Version 2 of the database: runs, their journals and snapshots, agents' sources, kept results of nodes.

/**
 * What a run writes is keyed by one integer, `run << 32 | seq`, so that a journal lies in one piece, in order, without an index.
 * The rules for `n`, ids, numbers and times are those of version 1; an id of a run is 16 bytes.
 */
export const version2 = `
CREATE TABLE run_agents (
  n INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
);

-- status: number in run-rows.ts. origin_run: whose fork or replay it is. shared: the last event of its origin that is its own too, 0
-- where it shares none. error, origin: JSON.
CREATE TABLE runs (
  n INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  agent INTEGER NOT NULL REFERENCES run_agents (n),
  status INTEGER NOT NULL,
  wake_at REAL,
  origin_run INTEGER REFERENCES runs (n),
  shared INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  step INTEGER NOT NULL,
  updated_at REAL NOT NULL,
  input_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  cost_usd REAL,
  created_at REAL NOT NULL,
  ended_at REAL,
  open INTEGER NOT NULL,
  seed INTEGER NOT NULL,
  file TEXT NOT NULL,
  hash BLOB NOT NULL,
  version TEXT,
  title TEXT NOT NULL,
  error TEXT,
  origin TEXT,
  trace BLOB
);
CREATE INDEX runs_status ON runs (status);
CREATE INDEX runs_agent ON runs (agent);
CREATE INDEX runs_agent_status ON runs (agent, status);
CREATE INDEX runs_wake ON runs (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX runs_origin ON runs (origin_run) WHERE origin_run IS NOT NULL;

-- Runs by status, kept by the triggers, so that nobody need count a million.
CREATE TABLE run_counts (
  status INTEGER PRIMARY KEY,
  count INTEGER NOT NULL
);
CREATE TRIGGER runs_added AFTER INSERT ON runs BEGIN
  INSERT INTO run_counts (status, count) VALUES (new.status, 1) ON CONFLICT (status) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER runs_moved AFTER UPDATE OF status ON runs WHEN old.status <> new.status BEGIN
  UPDATE run_counts SET count = count - 1 WHERE status = old.status;
  INSERT INTO run_counts (status, count) VALUES (new.status, 1) ON CONFLICT (status) DO UPDATE SET count = count + 1;
END;

-- Events that were put at once stand in one row: a JSON array of time, event, time, event … n: run << 32 | seq of the last of them.
CREATE TABLE events (
  n INTEGER PRIMARY KEY,
  body TEXT NOT NULL
);
-- n: run << 32 | seq. body: JSON.
CREATE TABLE snapshots (
  n INTEGER PRIMARY KEY,
  body TEXT NOT NULL
);

-- files: JSON, path to text.
CREATE TABLE agent_sources (
  n INTEGER PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE,
  file TEXT NOT NULL,
  files TEXT NOT NULL
);

CREATE TABLE node_results (
  n INTEGER PRIMARY KEY,
  agent INTEGER NOT NULL REFERENCES run_agents (n),
  node TEXT NOT NULL,
  key TEXT NOT NULL,
  until REAL NOT NULL,
  patches TEXT NOT NULL,
  UNIQUE (agent, node, key)
);
CREATE INDEX node_results_until ON node_results (until);
`;
