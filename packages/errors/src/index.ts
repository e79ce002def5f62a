/** Who must act: the caller (input, missing), the state of things (conflict), the user (cancelled), or we (internal). */
export type ErrorKind = "input" | "missing" | "conflict" | "cancelled" | "internal";

/** The one error of Fovea. `code` is `package/what`, `message` says what is wrong and where, `help` what to do. */
export class FoveaError extends Error {
  override readonly name = "FoveaError";
  readonly code: string;
  readonly kind: ErrorKind;
  readonly help: string;

  constructor(fields: { code: string; kind: ErrorKind; message: string; help: string; cause?: unknown }) {
    super(fields.message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.code = fields.code;
    this.kind = fields.kind;
    this.help = fields.help;
  }

  toJSON(): { code: string; message: string; help: string } {
    return { code: this.code, message: this.message, help: this.help };
  }
}

/** One row of a package's error table; `Detail` is what the sentence needs to know. */
export interface ErrorEntry<Detail> {
  readonly kind: ErrorKind;
  readonly message: (detail: Detail) => string;
  readonly help: (detail: Detail) => string;
}

type ErrorEntries = Readonly<Record<string, ErrorEntry<never>>>;

type ErrorMakers<Entries extends ErrorEntries> = {
  readonly [Name in keyof Entries]: Entries[Name] extends ErrorEntry<infer Detail>
    ? (detail: Detail, options?: { cause?: unknown }) => FoveaError
    : never;
};

/**
 * Turns a package's table of errors into one maker per row:
 * `throw errors["shape-mismatch"]({ node, expected, received })` has the code `graph/shape-mismatch`.
 */
export function errorTable<const Entries extends ErrorEntries>(
  packageName: string,
  entries: Entries,
): ErrorMakers<Entries> {
  const makers = Object.entries(entries).map(([name, entry]) => [
    name,
    (detail: never, options?: { cause?: unknown }) =>
      new FoveaError({
        code: `${packageName}/${name}`,
        kind: entry.kind,
        message: entry.message(detail),
        help: entry.help(detail),
        cause: options?.cause,
      }),
  ]);
  return Object.fromEntries(makers) as ErrorMakers<Entries>;
}

/** Any thrown thing as a FoveaError; what is not one already is reported as internal, its cause kept. */
export function asFoveaError(thrown: unknown): FoveaError {
  if (thrown instanceof FoveaError) return thrown;
  return new FoveaError({
    code: "fovea/unexpected",
    kind: "internal",
    message: thrown instanceof Error ? thrown.message : String(thrown),
    help: "This is a defect of Fovea: run the command again with --debug and report what it prints.",
    cause: thrown,
  });
}
