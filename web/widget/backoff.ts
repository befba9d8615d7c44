// Exponential back-off with full jitter: any time up to a limit that doubles. A thousand pages that lost the same server come back spread out.
const kFirst = 500;   // ms
const kMost = 30_000;  // ms

export class Backoff {
  private tries_ = 0;

  next(random = Math.random()): number {
    const limit = Math.min(kMost, kFirst * 2 ** this.tries_);
    ++this.tries_;
    return random * limit;
  }
  reset(): void { this.tries_ = 0; }
}
