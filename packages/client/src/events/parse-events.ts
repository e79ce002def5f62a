/** One message of a stream of server-sent events. */
export interface StreamMessage {
  /** The last id that the stream has given; "" where it gave none. */
  readonly id: string;
  /** Lines of data, joined by line feeds. */
  readonly data: string;
}

/**
 * A parser of server-sent events, fed with text as it comes, cut anywhere: gives the messages that are complete. Comments,
 * names of events and `retry` are skipped. Source: HTML Living Standard, 9.2.6 "Interpreting an event stream".
 */
export function createEventParser(): (text: string) => readonly StreamMessage[] {
  let rest = "";
  let id = "";
  let data: string[] = [];
  let isStart = true;
  return (text) => {
    rest += text;
    if (isStart && rest !== "") {
      if (rest.startsWith("\uFEFF")) rest = rest.slice(1);
      isStart = false;
    }
    // a carriage return at the end may be the first half of a line's end
    const held = rest.endsWith("\r") ? "\r" : "";
    const lines = rest.slice(0, rest.length - held.length).split(/\r\n|\n|\r/);
    rest = lines.pop()! + held;
    const messages: StreamMessage[] = [];
    for (const line of lines) {
      if (line === "") {
        if (data.length > 0) messages.push({ id, data: data.join("\n") });
        data = [];
        continue;
      }
      const [, field, value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line)!;
      if (field === "data") data.push(value);
      else if (field === "id" && !value.includes("\0")) id = value;
    }
    return messages;
  };
}
