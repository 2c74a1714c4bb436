// The names of agents and of their files.

/** Names that a new agent may have. */
export const agentNamePattern = /^[a-z][a-z0-9-]{0,59}$/u;

/** `agents/NAME.agent.ts`, relative to the workspace; nothing deeper, nothing that leads elsewhere. */
export function isAgentFile(file: string): boolean {
  return /^agents\/[^/\\\u0000]+\.agent\.ts$/u.test(file);
}

/** agents/triage.agent.ts is "triage". */
export function agentNameOf(file: string): string {
  return file.replace(/^.*\//u, '').replace(/\.agent\.ts$/u, '');
}

export function agentFileOf(name: string): string {
  return `agents/${name}.agent.ts`;
}
