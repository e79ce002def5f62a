import { errors } from "../errors.ts";

/** Time of one node, or of one fused group as the runtime runs it. */
export interface NodeTime {
  /** As the runtime names it; fused nodes have names of their own. */
  readonly node: string;
  readonly op: string;
  /** Mean over the measured runs. */
  readonly milliseconds: number;
}

/** How long a run takes and where, in milliseconds of wall time. */
export interface Profile {
  /** Runs that count; the first ones do not: memory grows and pages are touched in them. */
  readonly runs: number;
  /** Mean of a whole run. */
  readonly milliseconds: number;
  /** The slowest first. */
  readonly nodes: readonly NodeTime[];
}

interface Event {
  readonly cat?: unknown;
  readonly name?: unknown;
  readonly ts?: unknown;
  readonly dur?: unknown;
  readonly args?: { readonly op_name?: unknown };
}

const KERNEL = "_kernel_time";

/**
 * Reads the file that onnxruntime writes for a session with `profile` (a list of Chrome trace events, microseconds). `warmUp` runs at
 * the start are left out.
 */
export function readProfile(text: string, { warmUp = 2 }: { warmUp?: number } = {}): Profile {
  const events = parse(text);
  const runs = events.filter(({ cat, name }) => cat === "Session" && name === "model_run").slice(warmUp);
  const first = runs[0];
  if (!first) throw errors["profile-unreadable"]({ problem: `it has no run after the first ${warmUp}` });
  const times = new Map<string, { op: string; total: number }>();
  for (const { cat, name, ts, dur, args } of events) {
    if (cat !== "Node" || typeof name !== "string" || !name.endsWith(KERNEL) || Number(ts) < Number(first.ts)) continue;
    const node = name.slice(0, -KERNEL.length);
    const before = times.get(node) ?? { op: String(args?.op_name ?? ""), total: 0 };
    times.set(node, { ...before, total: before.total + Number(dur) });
  }
  const mean = (microseconds: number) => microseconds / runs.length / 1000;
  return {
    runs: runs.length,
    milliseconds: mean(runs.reduce((total, { dur }) => total + Number(dur), 0)),
    nodes: [...times]
      .map(([node, { op, total }]) => ({ node, op, milliseconds: mean(total) }))
      .sort((a, b) => b.milliseconds - a.milliseconds),
  };
}

function parse(text: string): readonly Event[] {
  try {
    const parsed: unknown = JSON.parse(text);
    if (Array.isArray(parsed)) return parsed as readonly Event[];
  } catch (cause) {
    throw errors["profile-unreadable"]({ problem: "it is no JSON" }, { cause });
  }
  throw errors["profile-unreadable"]({ problem: "it is no list of events" });
}
