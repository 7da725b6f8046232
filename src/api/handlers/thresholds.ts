import { type Thresholds, thresholdsSchema } from '../../core/promotion/thresholds.ts';
import { Failure } from '../failures.ts';
import { complaintText, schemaComplaint } from '../schema-complaint.ts';
import type { World } from '../world.ts';

/** What the gates of this installation ask for: `promotion.json` in the home folder, strict defaults for what it leaves out. */
export function thresholdsOf(world: World): Thresholds {
  const path = `${world.homePath}/promotion.json`;
  const text = world.files.read(path);
  if (text === null) return thresholdsSchema.parse({});
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Failure('thresholds-invalid', `${path}: expected JSON: ${(error as Error).message}`, {
      details: { file: path },
    });
  }
  const parsed = thresholdsSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const complaint = schemaComplaint(parsed.error, json);
  throw new Failure('thresholds-invalid', `${path}: ${complaintText(complaint)}`, {
    details: { file: path, field: complaint.field },
  });
}
