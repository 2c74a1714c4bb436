// Masks: a value becomes a sign that is the same wherever the value stands and cannot be guessed back.
import { createHmac, randomBytes } from 'node:crypto';
import type { SettingStore } from '../../../ports.ts';
import type { Finding } from './finding.ts';

const setting = 'dataset.mask-key';

/**
 * The workspace's own key: random, made once and kept in its settings, so that one version masks to the same bytes each time, and
 * nobody without the workspace can try out whose address a mask stands for.
 */
export function maskKey(settings: SettingStore): string {
  const known = settings.get(setting);
  if (typeof known === 'string') return known;
  const key = randomBytes(32).toString('hex');
  settings.set(setting, key);
  return key;
}

/** `[EMAIL-1a2b3c4d]` for one value; spaces and dashes within numbers make no difference. */
export function maskOf(key: string, finding: Finding, value: string): string {
  const plain =
    finding.kind === 'pii' && finding.rule !== 'EMAIL' ? value.replaceAll(/[\s().-]/g, '') : value.toLowerCase();
  const sign = createHmac('sha256', key)
    .update(`${finding.rule} ${finding.kind === 'secret' ? value : plain}`)
    .digest('hex')
    .slice(0, 8);
  return `[${finding.rule}-${sign}]`;
}

/** The text with every finding masked. `findings` are in order and do not overlap. */
export function maskText(key: string, text: string, findings: readonly Finding[]): string {
  let masked = '';
  let from = 0;
  for (const finding of findings) {
    masked += text.slice(from, finding.start) + maskOf(key, finding, text.slice(finding.start, finding.end));
    from = finding.end;
  }
  return masked + text.slice(from);
}

/** One finding with some of the words around it, everything found in them masked. */
export function maskedExample(key: string, text: string, findings: readonly Finding[], index: number): string {
  const around = 24;
  const finding = findings[index];
  if (finding === undefined) return '';
  const before = maskText(key, text.slice(0, finding.start), findings.slice(0, index));
  const rest = findings
    .slice(index + 1)
    .map((other) => ({ ...other, start: other.start - finding.end, end: other.end - finding.end }));
  const after = maskText(key, text.slice(finding.end), rest);
  const mask = maskOf(key, finding, text.slice(finding.start, finding.end));
  // A mask at the edge is kept whole or left out, so that half a mask does not read like data.
  const left = before.length > around ? `…${before.slice(-around).replace(/^[^[]*\]/, '')}` : before;
  const right = after.length > around ? `${after.slice(0, around).replace(/\[[^\]]*$/, '')}…` : after;
  return `${left}${mask}${right}`.replaceAll(/\s+/g, ' ');
}
