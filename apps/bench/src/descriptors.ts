/** So many a process has open besides the sockets that it is started for. */
const OTHERS = 100;

/** Throws where a process may not have so many sockets open (`ulimit -n`). */
export function needDescriptors(sockets: number): void {
  const report = process.report?.getReport() as { userLimits?: { open_files?: { soft?: unknown } } } | undefined;
  // A number, or the word unlimited.
  const limit = Number(report?.userLimits?.open_files?.soft);
  if (limit < sockets + OTHERS) {
    throw new Error(`needs ${sockets + OTHERS} file descriptors for each process, and ulimit -n says ${limit}`);
  }
}
