/**
 * Gives memory that nobody reads any more back at once, by handing it to a port that is closed. The collector does not see how much
 * lies outside of the heap, and would wait for tens of megabytes of it.
 */
export function free(buffers: readonly ArrayBufferLike[]): void {
  const owned = buffers.filter((buffer) => buffer instanceof ArrayBuffer);
  if (owned.length === 0) return;
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(null, [...new Set(owned)]);
  port1.close();
  port2.close(); // while one end is open the message is kept
}
