import type { Context } from '@opentelemetry/api';
import type { Span, Tracing } from '../../ports/tracing.ts';

/** Traceparent, version 00. */
const PARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
/** A collector that is away is not waited for at the end. */
const FAREWELL_MS = 2_000;

/** Traces over OTLP/HTTP. `endpoint` as in `OTEL_EXPORTER_OTLP_ENDPOINT`; headers and service name are taken from the variables of the standard. */
export async function openTracing(endpoint: string, version: string): Promise<Tracing> {
  const [api, { BasicTracerProvider, BatchSpanProcessor }, { OTLPTraceExporter }, resources] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace-base'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces`, timeoutMillis: 5_000 });
  const provider = new BasicTracerProvider({
    resource: resources
      .resourceFromAttributes({ 'service.name': 'tradewright', 'service.version': version })
      .merge(resources.detectResources({ detectors: [resources.envDetector] })),
    spanProcessors: [new BatchSpanProcessor(exporter, { scheduledDelayMillis: 1_000 })],
  });
  const tracer = provider.getTracer('tradewright', version);
  const tell = (span: Span, context: Context): void => {
    const { name, startMs, endMs, attributes, failure, isServer = false, parts = [] } = span;
    const kind = isServer ? api.SpanKind.SERVER : api.SpanKind.INTERNAL;
    const told = tracer.startSpan(name, { startTime: startMs, attributes: { ...attributes }, kind }, context);
    for (const part of parts) tell(part, api.trace.setSpan(context, told));
    if (failure !== null) told.setStatus({ code: api.SpanStatusCode.ERROR, message: failure });
    told.end(Math.max(startMs, endMs));
  };
  const contextOf = (parent: string | null | undefined): Context => {
    const [, traceId, spanId, flags] = PARENT.exec(parent ?? '') ?? [];
    if (traceId === undefined || spanId === undefined) return api.ROOT_CONTEXT;
    const traceFlags = Number.parseInt(flags!, 16);
    return api.trace.setSpanContext(api.ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
  };
  return {
    isOn: true,
    record: (span) => tell(span, contextOf(span.parent)),
    async close() {
      const late = new Promise<void>((resolve) => setTimeout(resolve, FAREWELL_MS).unref());
      await Promise.race([provider.shutdown().catch(() => {}), late]);
    },
  };
}
