using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Wizer.Engine;
using Wizer.Engine.Platform;
using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>
/// Writes the report of a run as JSON. <c>docs/report.md</c> describes it; a change there that readers notice is a new version.
/// </summary>
internal sealed partial class ReportWriter
{
    public const int SchemaVersion = 1;

    private readonly Arguments _arguments;
    private readonly Timeline _timeline;
    private readonly Outcome _outcome;
    private readonly Utf8JsonWriter _json;

    private ReportWriter(Arguments arguments, Timeline timeline, Outcome outcome, Utf8JsonWriter json)
    {
        _arguments = arguments;
        _timeline = timeline;
        _outcome = outcome;
        _json = json;
    }

    public static ReadOnlyMemory<byte> Format(Arguments arguments, Timeline timeline, Outcome outcome)
    {
        // Hashed before the times are written, so that the times include it.
        timeline.Begin("report");
        byte[]? inputHash = outcome.Input is { } input ? ContentHash.Of(input.Span) : null;
        timeline.End();
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, JsonStyle.Options))
        {
            new ReportWriter(arguments, timeline, outcome, json).Write(inputHash);
        }

        buffer.Write("\n"u8);
        return buffer.WrittenMemory;
    }

    private void Write(byte[]? inputHash)
    {
        _json.WriteStartObject();
        _json.WriteNumber("schemaVersion", SchemaVersion);
        _json.WriteString("tool", "wizer");
        _json.WriteString("toolVersion", ToolVersion.Text);
        _json.WriteString("status", _outcome.ExitCode == 0 ? "succeeded" : _outcome.Error is null ? "interrupted" : "failed");
        _json.WriteNumber("exitCode", _outcome.ExitCode);
        WriteError();
        WriteFile("input", _arguments.Input, _outcome.Input?.Length, inputHash);
        if (_outcome.HasModule)
        {
            long byteLength = _outcome.Cached?.OutputByteLength ?? _outcome.Run!.Snapshot.OutputByteLength;
            WriteFile("output", _arguments.Output, byteLength, _outcome.Cached?.OutputHash ?? _outcome.OutputHash);
        }
        else
        {
            _json.WriteNull("output");
        }

        WritePhases();
        WriteSections();
        if (_outcome.Cached is { } cached)
        {
            foreach (JsonProperty property in cached.Text.Report.EnumerateObject())
            {
                _json.WritePropertyName(property.Name);
                WriteAgain(property.Value, property.Name);
            }
        }
        else
        {
            WriteRun();
        }

        InputWriter.Write(_json, _arguments, _outcome);
        WriteCache(_outcome.Cache);
        _json.WriteEndObject();
    }

    /// <summary>What a report says of the run itself: the same whoever asks for it, and wherever it ran.</summary>
    public static byte[] FormatRun(Arguments arguments, Timeline timeline, RunReport run)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            new ReportWriter(arguments, timeline, new Outcome { Run = run }, json).WriteRun();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private void WriteRun()
    {
        WriteDetails(_outcome.Run?.Snapshot);
        WriteReferences(_outcome.Run?.Snapshot.References);
        WriteStack(_outcome.Run?.Snapshot.Stack);
        WriteAttribution(_outcome.Run?.Attribution);
        WriteWasiCalls(_outcome.Run?.WasiCalls);
        WriteImportCalls(_outcome.Run?.ImportCalls);
        _json.WriteNumber("codeMove", _outcome.Run?.Snapshot.CodeMove ?? 0);
        WriteDescriptors("openDescriptors", _outcome.Run?.OpenDescriptors);
        WriteDescriptors("knownDirectories", _outcome.Run?.KnownDirectories);
        _json.WriteNumber("environmentVariableCount", _outcome.Run?.EnvironmentVariableCount ?? 0);
        _json.WriteNumber("refusedMemoryGrowths", _outcome.Run?.RefusedMemoryGrowths ?? 0);
        _json.WriteNumber("refusedTableGrowths", _outcome.Run?.RefusedTableGrowths ?? 0);
        WriteComponent(_outcome.Run?.Component);
        WriteWarnings();
    }

    private void WriteCache(CacheOutcome? cache)
    {
        if (cache is null)
        {
            _json.WriteNull("cache");
            return;
        }

        _json.WriteStartObject("cache");
        _json.WriteString("result", cache.Result);
        WriteStringOrNull("key", cache.Key);
        WriteStringOrNull("reason", cache.Reason);
        _json.WriteEndObject();
    }

    private void WriteComponent(ComponentReport? component)
    {
        if (component is null)
        {
            _json.WriteNull("component");
            return;
        }

        _json.WriteStartObject("component");
        WriteStringOrNull("result", component.Result is { } result ? $"{result}" : null);
        _json.WriteStartArray("modules");
        foreach (CoreModuleReport module in component.Modules)
        {
            _json.WriteStartObject();
            _json.WriteNumber("index", module.Index);
            _json.WriteNumber("instance", module.Instance);
            WriteStringOrNull("name", module.Name);
            _json.WriteNumber("bytesBefore", module.Snapshot.InputByteLength);
            _json.WriteNumber("bytesAfter", module.Snapshot.OutputByteLength);
            WriteDetails(module.Snapshot);
            WriteReferences(module.Snapshot.References);
            WriteStack(module.Snapshot.Stack);
            _json.WriteNumber("codeMove", module.Snapshot.CodeMove);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
        _json.WriteNumber("bytesOfCopies", component.CopiedByteLength);
        _json.WriteNumber("restoreByteLength", component.RestoreByteLength);
        _json.WriteStartArray("openHandles");
        foreach (HandleReport handles in component.OpenHandles)
        {
            _json.WriteStartObject();
            _json.WriteString("type", handles.Type);
            _json.WriteNumber("count", handles.Count);
            WriteStringOrNull("owner", handles.Owner);
            _json.WriteString("fate", ComponentText.NameOf(handles.Fate));
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
        _json.WriteStartArray("resets");
        foreach (string name in component.Resets)
        {
            _json.WriteStringValue(name);
        }

        _json.WriteEndArray();
        _json.WriteEndObject();
    }

    private void WriteWarnings()
    {
        List<Warning> warnings = _outcome.Run is { } run ? Warnings.Of(run) : [];
        _json.WriteStartArray("warnings");
        foreach (Warning warning in warnings)
        {
            _json.WriteStringValue(warning.Text);
        }

        _json.WriteEndArray();
        _json.WriteStartArray("warningCodes");
        foreach (Warning warning in warnings)
        {
            _json.WriteStringValue(DiagnosticCodes.Format(warning.Code));
        }

        _json.WriteEndArray();
    }

    private void WriteError()
    {
        if (_outcome.Error is null)
        {
            _json.WriteNull("error");
            return;
        }

        List<string> messages = ErrorPrinter.Messages(_outcome.Error);
        _json.WriteStartObject("error");
        _json.WriteString("code", DiagnosticCodes.Format(Diagnostic.CodeOf(_outcome.Error)));
        _json.WriteString("message", PathBytes.ToText(messages[0]));
        _json.WriteStartArray("causes");
        for (int i = 1; i < messages.Count; i++)
        {
            _json.WriteStringValue(PathBytes.ToText(messages[i]));
        }

        _json.WriteEndArray();
        WriteStringOrNull("hint", ErrorPrinter.FindHint(_outcome.Error));
        _json.WriteEndObject();
    }

    private void WriteFile(string name, string? path, long? byteLength, byte[]? hash)
    {
        _json.WriteStartObject(name);
        WriteStringOrNull("path", path is null ? null : PathBytes.ToText(path));
        if (byteLength is { } length)
        {
            _json.WriteNumber("byteLength", length);
        }
        else
        {
            _json.WriteNull("byteLength");
        }

        WriteStringOrNull("sha256", hash is null ? null : Convert.ToHexStringLower(hash));
        _json.WriteEndObject();
    }

    private void WritePhases()
    {
        _json.WriteStartArray("phases");
        for (int i = 0; i < _timeline.Count; i++)
        {
            _json.WriteStartObject();
            _json.WriteString("name", _timeline.NameOf(i));
            WriteMilliseconds("milliseconds", _timeline.TimeOf(i));
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
        WriteMilliseconds("totalMilliseconds", _timeline.Total);
    }

    private void WriteDetails(SnapshotReport? snapshot)
    {
        SnapshotDetails? details = snapshot?.Details;
        _json.WriteStartArray("memories");
        foreach (MemoryReport memory in details?.Memories ?? [])
        {
            _json.WriteStartObject();
            _json.WriteNumber("index", memory.Index);
            _json.WriteNumber("pageByteLength", memory.PageByteLength);
            _json.WriteNumber("pagesBefore", memory.InitialPageCount);
            _json.WriteNumber("pagesAfter", memory.PageCount);
            _json.WriteNumber("nonZeroByteLength", memory.NonZeroByteLength);
            _json.WriteNumber("segmentCount", memory.SegmentCount);
            _json.WriteNumber("segmentByteLength", memory.SegmentByteLength);
            WriteMap(memory.Map);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
        _json.WriteNumber("keptSegmentCount", snapshot?.KeptSegmentCount ?? 0);
        _json.WriteStartArray("segments");
        foreach (SegmentReport segment in details?.Segments ?? [])
        {
            _json.WriteStartObject();
            _json.WriteNumber("memory", segment.MemoryIndex);
            _json.WriteNumber("address", segment.Address);
            _json.WriteNumber("byteLength", segment.ByteLength);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
        _json.WriteStartArray("globals");
        foreach (GlobalReport global in details?.ChangedGlobals ?? [])
        {
            _json.WriteStartObject();
            _json.WriteNumber("index", global.Index);
            _json.WriteString("before", global.Before.ToString());
            _json.WriteString("after", global.After.ToString());
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
    }

    private void WriteReferences(ReferenceReport? references)
    {
        if (references is null)
        {
            _json.WriteNull("references");
            return;
        }

        _json.WriteStartObject("references");
        _json.WriteNumber("tableCount", references.TableCount);
        _json.WriteNumber("elementCount", references.ElementCount);
        _json.WriteNumber("globalCount", references.GlobalCount);
        _json.WriteStartArray("objects");
        foreach (ObjectReport type in references.Objects)
        {
            _json.WriteStartObject();
            _json.WriteNumber("type", type.TypeIndex);
            _json.WriteNumber("count", type.Count);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
        _json.WriteNumber("exceptionCount", references.ExceptionCount);
        _json.WriteNumber("droppedDataSegmentCount", references.DroppedDataSegmentCount);
        _json.WriteNumber("droppedElementSegmentCount", references.DroppedElementSegmentCount);
        _json.WriteNumber("restoreByteLength", references.RestoreByteLength);
        _json.WriteEndObject();
    }

    private void WriteStack(StackReport? stack)
    {
        if (stack is null)
        {
            _json.WriteNull("stack");
            return;
        }

        _json.WriteStartObject("stack");
        _json.WriteNumber("start", stack.Start);
        _json.WriteNumber("end", stack.End);
        _json.WriteNumber("clearedByteLength", stack.ClearedByteLength);
        WriteStringOrNull("problem", stack.Problem);
        _json.WriteEndObject();
    }

    private void WriteWasiCalls(IReadOnlyList<ImportCalls>? calls)
    {
        _json.WriteStartArray("wasiCalls");
        foreach (ImportCalls call in calls ?? [])
        {
            _json.WriteStartObject();
            bool isOfInterface = call.Module.StartsWith("wasi:", StringComparison.Ordinal);
            _json.WriteString("name", isOfInterface ? $"{call.Module}.{call.Name}" : call.Name);
            _json.WriteNumber("count", call.CallCount);
            _json.WriteNumber("nondeterministicCount", call.NondeterministicCallCount);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
    }

    private void WriteImportCalls(IReadOnlyList<ImportCalls>? calls)
    {
        _json.WriteStartArray("importCalls");
        foreach (ImportCalls call in calls ?? [])
        {
            _json.WriteStartObject();
            _json.WriteString("module", call.Module);
            _json.WriteString("name", call.Name);
            _json.WriteNumber("count", call.CallCount);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
    }

    private void WriteDescriptors(string name, IReadOnlyList<DescriptorReport>? descriptors)
    {
        _json.WriteStartArray(name);
        foreach (DescriptorReport descriptor in descriptors ?? [])
        {
            _json.WriteStartObject();
            _json.WriteNumber("number", descriptor.Number);
            _json.WriteString("path", descriptor.Path);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
    }

    private void WriteStringOrNull(string name, string? value)
    {
        if (value is null)
        {
            _json.WriteNull(name);
        }
        else
        {
            _json.WriteString(name, value);
        }
    }

    // To the microsecond: a double's own digits would pretend to more.
    private void WriteMilliseconds(string name, TimeSpan time)
    {
        _json.WritePropertyName(name);
        _json.WriteRawValue(time.TotalMilliseconds.ToString("F3", CultureInfo.InvariantCulture));
    }
}
