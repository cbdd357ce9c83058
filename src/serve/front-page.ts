/** The page at `/`: what this is and where to go. */
export const FRONT_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Millrace</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 3rem auto; padding: 0 1rem; color: #222; background: #fff }
code, pre { font: 14px/1.5 ui-monospace, monospace } pre { background: #f3f3f3; padding: .8rem; overflow-x: auto }
td { padding-right: 1.5rem; vertical-align: top }
@media (prefers-color-scheme: dark) { body { color: #ddd; background: #161616 } pre { background: #242424 } a { color: #8cf } }
</style>
</head>
<body>
<h1>Millrace</h1>
<p>PromQL and LogQL over Parquet segments in object storage, answered exactly and streamed in time order.</p>
<pre>curl -N -G http://HOST/api/v1/stream -d lang=promql --data-urlencode 'query=sum(rate(http_requests_total[5m]))'</pre>
<table>
<tr><td><code>/api/v1/stream</code></td><td>the native stream: SSE, or NDJSON by <code>Accept: application/x-ndjson</code></td></tr>
<tr><td><code>/api/v1/explain</code></td><td>the plan of a query, as text</td></tr>
<tr><td><code>/api/v1/query</code>, <code>/api/v1/query_range</code></td><td>Prometheus' query API</td></tr>
<tr><td><code>/loki/api/v1/query</code>, <code>/loki/api/v1/query_range</code></td><td>Loki's query API</td></tr>
<tr><td><code>/loki/api/v1/…</code></td><td>labels, series, volumes, fields, <code>tail</code> as Loki has them</td></tr>
<tr><td><code>POST /api/v1/import</code></td><td>metrics and logs in</td></tr>
<tr><td><a href="/api/v1/nodes">/api/v1/nodes</a></td><td>the nodes of the cluster</td></tr>
<tr><td><a href="/healthz">/healthz</a>, <a href="/readyz">/readyz</a>, <a href="/metrics">/metrics</a></td><td>how the node is</td></tr>
</table>
</body>
</html>
`
