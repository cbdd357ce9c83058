/**
 * The door of the room: a node over HTTP, from both sides. The server answers the native stream and the query APIs
 * of Prometheus and Loki from any Engine; the client is an Engine again. What both print and read, the command line uses too.
 */
export { AnswerError, collectAnswer, type Answer } from './answer.js'
export { createClient } from './client.js'
export { createKeysClient } from './keys-client.js'
export { EventIds, eventJson } from './event-json.js'
export type { Every } from './event-stream.js'
export type { ClientWorld } from './going-on.js'
export type { ServerClock, ServerOptions } from './exchange.js'
export { labelsText, lokiJson } from './loki-api.js'
export { METRIC_RULES, type MetricRule } from './metric-rules.js'
export { createMetrics, type Metrics } from './metrics.js'
export { readRequest, writeRequest } from './native-request.js'
export { formatFixed, formatSeconds, formatShortSeconds, formatValue, parseValue } from './number-format.js'
export { Parameters } from './parameters.js'
export { prometheusJson } from './prometheus-api.js'
export { openRemoteUnits, type RemoteUnitsOptions } from './remote-units.js'
export { numbersOf } from './result-json.js'
export { SpanExporter, type SpanExporterOptions } from './span-exporter.js'
export { createServer, type RunningServer } from './server.js'
export { readDurationMs, readTimeNs } from './time-text.js'
export type { UnitServing } from './unit-exchange.js'
