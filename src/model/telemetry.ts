/** Every observable moment, typed in one place. Logs and metrics listen; nothing else logs. */
import type { ErrorCode } from './error.js'

export type TelemetryEvent =
  | { readonly type: 'query:started'; readonly queryId: string; readonly organisation: string; readonly language: string; readonly text: string }
  | { readonly type: 'query:admitted'; readonly queryId: string; readonly organisation: string; readonly waitedMs: number }
  | { readonly type: 'query:firstData'; readonly queryId: string; readonly afterMs: number }
  | {
      readonly type: 'query:ended'
      readonly queryId: string
      readonly status: 'ok' | ErrorCode
      readonly message?: string
      readonly wallMs: number
      readonly units: number
      readonly bytes: number
      readonly samples: number
    }
  | { readonly type: 'unit:finished'; readonly queryId: string; readonly unitId: string; readonly ms: number; readonly bytes: number; readonly samples: number }
  | { readonly type: 'unit:retried'; readonly queryId: string; readonly unitId: string; readonly attempt: number; readonly message: string }
  /** A second run of a unit that is far behind the others of its group has begun. */
  | { readonly type: 'unit:hedged'; readonly queryId: string; readonly unitId: string; readonly afterMs: number }
  | { readonly type: 'cache:hit' | 'cache:evicted'; readonly object: string; readonly bytes: number }
  | { readonly type: 'cache:fetched'; readonly object: string; readonly bytes: number; readonly ms: number }
  /** What is pinned and being fetched takes more than limits.cacheBytesMax. */
  | { readonly type: 'cache:overBudget'; readonly bytes: number; readonly budget: number }
  | { readonly type: 'import:finished'; readonly file: string; readonly segments: number; readonly samples: number; readonly ms: number }
  | { readonly type: 'import:failed'; readonly file: string; readonly message: string }
  | { readonly type: 'actor:failed'; readonly actor: string; readonly message: string }
  | { readonly type: 'node:started' | 'node:draining' | 'node:stopping'; readonly detail: string }

export type Telemetry = (event: TelemetryEvent) => void
