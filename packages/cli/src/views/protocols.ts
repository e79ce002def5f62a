import { count, formatPairs, printable } from "../output/table.ts";
import type { ResultOf, ViewMaker } from "./view.ts";

/** A paragraph a protocol. */
export const protocolsView: ViewMaker<ResultOf<"protocols">> = ({ style }) => ({
  item({ id, title, metrics, splits, unit, where, licence, source, rules, published }) {
    const arrow = { higher: "↑", lower: "↓" };
    const pairs = [
      ["metrics", metrics.map(({ name, better }) => `${name} ${arrow[better]}`).join(", ")],
      [
        "splits",
        splits.map((split) => (split.count ? `${split.name} (${count(split.count)})` : split.name)).join(", "),
      ],
      ["intervals", `over each ${unit}`],
      ["data", where],
      ["licence", licence],
      ["source", source],
      ...rules.map((rule) => ["rule", rule] as const),
      ...published.map(
        ({ method, metric, value, source: from }) => ["published", `${metric} ${value}, ${method}; ${from}`] as const,
      ),
    ] as const;
    const shown = pairs.map(([name, value]) => [style.dim(`  ${name}`), printable(value)] as const);
    return `${style.bold(id)}  ${printable(title)}\n${formatPairs(shown)}`;
  },
  end: () => "",
});
