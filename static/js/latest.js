/* Asks the server after a pause, and tells only the answer to what was asked last: its text, or null when none came. */
const PATIENCE = 10_000;

export function latest() {
  let timer, turn = 0;
  /* Without an address nothing is asked, and what was asked before is not told any more. */
  return (tell, address, { delay = 120, ...sent } = {}) => {
    const mine = ++turn;
    clearTimeout(timer);
    if (address) timer = setTimeout(async () => {
      const told = await fetch(address, { ...sent, signal: AbortSignal.timeout(PATIENCE) })
        .then((answer) => (answer.ok ? answer.text() : null)).catch(() => null);
      if (mine === turn) tell(told);
    }, delay);
  };
}
