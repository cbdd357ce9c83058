/** The door of the stages: their table, pipelines made of them, and what of a pipeline SQL can do. */
export { parseBytesText, parseDurationText, parseFloatText } from './conversions.js'
export type { StageEntry } from './define-stage.js'
export { ERROR_DETAILS_LABEL, ERROR_LABEL } from './entry.js'
export { FieldReader, type FieldBounds } from './fields.js'
export { needlesOf } from './needles.js'
export { compilePipeline, fieldParser, Pipeline, pipelineError, pushdown, type KnownFields, type PipelineOptions, type Pushdown } from './pipeline.js'
export { findStage, stageNames } from './stage-table.js'
export { templateFunctionNames } from './template/template.js'
