namespace Wizer.Binary.Components;

// Canonical definitions. Component Model, Explainer: Canonical Definitions; Binary Format: Canonical Definitions.
internal sealed partial class ComponentChecker
{
    private static readonly ValType[] s_none = ItemList<ValType>.Empty;
    private static readonly ValType[] s_i32 = [ValType.I32];
    private static readonly ValType[] s_twoI32 = [ValType.I32, ValType.I32];

    private void CheckCanon(CanonDefinition canon)
    {
        switch (canon.Kind)
        {
            case CanonKind.Lift:
                CheckLift(canon);
                break;
            case CanonKind.Lower:
                CheckLower(canon);
                break;
            case CanonKind.ResourceNew or CanonKind.ResourceRep:
                CheckIsLocal(canon.TypeIndex);
                AddCoreFunc(s_i32, s_i32);
                break;
            case CanonKind.ResourceDrop:
                ResourceAt(canon.TypeIndex);
                AddCoreFunc(s_i32, s_none);
                break;
            case CanonKind.TaskReturn:
                CheckTaskReturn(canon);
                break;
            case CanonKind.ContextGet or CanonKind.ContextSet:
                CheckContext(canon);
                break;
            case CanonKind.StreamNew or CanonKind.StreamRead or CanonKind.StreamWrite or CanonKind.StreamCancelRead
                or CanonKind.StreamCancelWrite or CanonKind.StreamDropReadable or CanonKind.StreamDropWritable:
                CheckStreamOrFuture(canon, ElementOf(canon.TypeIndex, ValTypeKind.Stream), isStream: true);
                break;
            case CanonKind.FutureNew or CanonKind.FutureRead or CanonKind.FutureWrite or CanonKind.FutureCancelRead
                or CanonKind.FutureCancelWrite or CanonKind.FutureDropReadable or CanonKind.FutureDropWritable:
                CheckStreamOrFuture(canon, ElementOf(canon.TypeIndex, ValTypeKind.Future), isStream: false);
                break;
            case CanonKind.ErrorContextNew:
                Options options = CheckOptions(canon.Options, isLift: false, allowsAsync: false, "error-context.new");
                RequireMemory(options);
                AddCoreFunc([options.Pointer, options.Pointer], s_i32);
                break;
            case CanonKind.ErrorContextDebugMessage:
                options = CheckOptions(canon.Options, isLift: false, allowsAsync: false, "error-context.debug-message");
                RequireMemory(options);
                RequireRealloc(options);
                AddCoreFunc([ValType.I32, options.Pointer], s_none);
                break;
            case CanonKind.WaitableSetWait or CanonKind.WaitableSetPoll:
                ValType address = MemoryAt(canon.MemoryIndex).Limits.AddressType;
                AddCoreFunc([ValType.I32, address], s_i32);
                break;
            case CanonKind.ThreadNewIndirect:
                CheckThreadFunc(canon);
                CheckThreadTable(canon);
                AddCoreFunc(s_twoI32, s_i32);
                break;
            case CanonKind.ThreadSpawnRef:
                CheckIsNotShared(canon);
                CheckThreadFunc(canon);
                int id = CoreTypeAt(canon.TypeIndex).TypeId;
                AddCoreFunc(SpawnRefParameters(id), s_i32);
                break;
            case CanonKind.ThreadSpawnIndirect:
                CheckIsNotShared(canon);
                CheckThreadFunc(canon);
                CheckThreadTable(canon);
                AddCoreFunc(s_twoI32, s_i32);
                break;
            case CanonKind.ThreadAvailableParallelism:
                CheckIsNotShared(canon);
                AddCoreFunc(s_none, s_i32);
                break;
            case CanonKind.TaskCancel or CanonKind.BackpressureInc or CanonKind.BackpressureDec:
                AddCoreFunc(s_none, s_none);
                break;
            case CanonKind.ThreadYield or CanonKind.WaitableSetNew or CanonKind.ThreadIndex or CanonKind.ThreadSuspend:
                AddCoreFunc(s_none, s_i32);
                break;
            case CanonKind.SubtaskDrop or CanonKind.WaitableSetDrop or CanonKind.ErrorContextDrop or CanonKind.ThreadResumeLater:
                AddCoreFunc(s_i32, s_none);
                break;
            case CanonKind.WaitableJoin:
                AddCoreFunc(s_twoI32, s_none);
                break;
            case CanonKind.SubtaskCancel or CanonKind.ThreadSuspendThenResume or CanonKind.ThreadYieldThenResume
                or CanonKind.ThreadSuspendThenPromote or CanonKind.ThreadYieldThenPromote:
                AddCoreFunc(s_i32, s_i32);
                break;
        }
    }

    private void AddCoreFunc(ValType[] parameters, ValType[] results) =>
        AddCoreFunc(_coreTypes.Intern(new FuncType(parameters, results)));

    private void CheckLift(CanonDefinition canon)
    {
        ResolvedFuncType type = FuncTypeAt(canon.TypeIndex);
        FuncType core = CoreFuncTypeAt(canon.FuncIndex);
        Options options = CheckOptions(canon.Options, isLift: true, allowsAsync: true, "lift", core);
        CheckAsync(options, type);
        _factory.Work(type.Size, _offset);
        CanonicalAbi.Signature expected = CanonicalAbi.Lift(type, options.Pointer, options.IsAsync, options.HasCallback);
        Require(options, expected);
        ValType[] parameters = expected.Parameters.ToArray();
        if (!FuncType.AreEqual(core.ParameterArray, parameters))
        {
            Invalid($"lowered parameter types `{List(parameters)}` do not match parameter types "
                + $"`{List(core.ParameterArray)}` of core function {canon.FuncIndex}");
        }

        ValType[] results = expected.Results.ToArray();
        if (!FuncType.AreEqual(core.ResultArray, results))
        {
            Invalid($"lowered result types `{List(results)}` do not match result types "
                + $"`{List(core.ResultArray)}` of core function {canon.FuncIndex}");
        }

        AddFunc(type);
    }

    private void CheckLower(CanonDefinition canon)
    {
        ResolvedFuncType type = FuncAt(canon.FuncIndex);
        Options options = CheckOptions(canon.Options, isLift: false, allowsAsync: true, "lowerings");
        CheckAsync(options, type);
        _factory.Work(type.Size, _offset);
        CanonicalAbi.Signature signature = CanonicalAbi.Lower(type, options.Pointer, options.IsAsync);
        Require(options, signature);
        AddCoreFunc(signature.Parameters.ToArray(), signature.Results.ToArray());
    }

    private void CheckAsync(Options options, ResolvedFuncType type)
    {
        if (options.IsAsync && !type.IsAsync)
        {
            Invalid("the `async` canonical option requires an async function type");
        }
    }

    private void CheckTaskReturn(CanonDefinition canon)
    {
        ResolvedValType? result = ValTypeAt(canon.Result);
        if (result is { HasBorrow: true })
        {
            Invalid("function result cannot contain a `borrow` type");
        }

        Options options = CheckOptions(canon.Options, isLift: false, allowsAsync: false, "task.return");
        if (options.HasRealloc)
        {
            Invalid("canonical option `realloc` cannot be specified for task.return");
        }

        _factory.Work(result?.Size ?? 0, _offset);
        CanonicalAbi.Signature signature = CanonicalAbi.TaskReturn(result, options.Pointer);
        Require(options, signature);
        AddCoreFunc(signature.Parameters.ToArray(), s_none);
    }

    private void CheckContext(CanonDefinition canon)
    {
        const uint SlotCount = 2;
        if (canon.ContextType != ValType.I32 && canon.ContextType != ValType.I64)
        {
            Invalid($"context slots are of type `i32` or `i64`, not `{canon.ContextType}`");
        }

        if (canon.ContextSlot >= SlotCount)
        {
            Invalid($"unknown context slot {canon.ContextSlot}: there are {SlotCount}");
        }

        if (canon.Kind == CanonKind.ContextGet)
        {
            AddCoreFunc(s_none, [canon.ContextType]);
        }
        else
        {
            AddCoreFunc([canon.ContextType], s_none);
        }
    }

    private ResolvedValType? ElementOf(uint typeIndex, ValTypeKind kind)
    {
        if (TypeAt(typeIndex) is not ResolvedValType type || type.Kind != kind)
        {
            Invalid($"type index {typeIndex} is not a {(kind == ValTypeKind.Stream ? "stream" : "future")} type");
            return null;
        }

        return type.Elements[0];
    }

    private void CheckStreamOrFuture(CanonDefinition canon, ResolvedValType? element, bool isStream)
    {
        switch (canon.Kind)
        {
            case CanonKind.StreamNew or CanonKind.FutureNew:
                AddCoreFunc(s_none, [ValType.I64]);
                break;
            case CanonKind.StreamRead or CanonKind.StreamWrite or CanonKind.FutureRead or CanonKind.FutureWrite:
                string what = (isStream ? "stream." : "future.")
                    + (canon.Kind is CanonKind.StreamRead or CanonKind.FutureRead ? "read" : "write");
                Options options = CheckOptions(canon.Options, isLift: false, allowsAsync: true, what);
                if (element is not null)
                {
                    RequireMemory(options);
                    if (element.HasPointers && canon.Kind is CanonKind.StreamRead or CanonKind.FutureRead)
                    {
                        RequireRealloc(options);
                    }
                }

                AddCoreFunc(
                    isStream ? [ValType.I32, options.Pointer, options.Pointer] : [ValType.I32, options.Pointer], s_i32);
                break;
            case CanonKind.StreamCancelRead or CanonKind.StreamCancelWrite or CanonKind.FutureCancelRead
                or CanonKind.FutureCancelWrite:
                AddCoreFunc(s_i32, s_i32);
                break;
            default:
                AddCoreFunc(s_i32, s_none);
                break;
        }
    }

    private void CheckIsLocal(uint typeIndex)
    {
        if (ResourceAt(typeIndex).Resource.Owner != _scope)
        {
            Invalid($"resource type {typeIndex} is not a local resource");
        }
    }

    private void CheckThreadFunc(CanonDefinition canon)
    {
        CoreTypeEntry type = CoreTypeAt(canon.TypeIndex);
        if (type.Module is not null || !HasSignature(type.TypeId, s_i32, s_none))
        {
            Invalid($"core type index {canon.TypeIndex} is not the type of a thread's function: (func (param i32))");
        }
    }

    private void CheckThreadTable(CanonDefinition canon)
    {
        TableType table = TableAt(canon.TableIndex);
        if (!_coreTypes.IsSubtype(table.Element, ValType.FuncRef))
        {
            Invalid($"table {canon.TableIndex} is no table of functions");
        }
    }

    private static ValType[] SpawnRefParameters(int typeId) => [ValType.Ref(new HeapType(typeId), nullable: true), ValType.I32];

    // Core modules have no shared functions yet.
    private void CheckIsNotShared(CanonDefinition canon)
    {
        if (canon.Flag)
        {
            Invalid("shared functions are not supported");
        }
    }

    private FuncType CoreFuncTypeAt(uint index) => _coreTypes.FuncTypeOf(CoreFuncAt(index))!;

    /// <summary>Checks options by themselves: what they refer to, and which ones go together.</summary>
    /// <param name="list">The options.</param>
    /// <param name="isLift">Whether they are of a lift.</param>
    /// <param name="allowsAsync">Whether <c>async</c> may be among them.</param>
    /// <param name="what">What they are of.</param>
    /// <param name="core">The core function that is lifted.</param>
    private Options CheckOptions(CanonOption[] list, bool isLift, bool allowsAsync, string what, FuncType? core = null)
    {
        var options = new Options();
        CanonOptionKind? encoding = null;
        uint? memory = null;
        uint? realloc = null;
        uint? postReturn = null;
        uint? callback = null;
        foreach (CanonOption option in list)
        {
            switch (option.Kind)
            {
                case CanonOptionKind.Utf8 or CanonOptionKind.Utf16 or CanonOptionKind.Latin1Utf16:
                    if (encoding is { } other)
                    {
                        Invalid($"canonical encoding option `{NameOf(other)}` conflicts with option `{NameOf(option.Kind)}`");
                    }

                    encoding = option.Kind;
                    break;
                case CanonOptionKind.Memory:
                    SetOnce(ref memory, option);
                    options.Pointer = MemoryAt(option.Index).Limits.AddressType;
                    options.HasMemory = true;
                    break;
                case CanonOptionKind.Realloc:
                    SetOnce(ref realloc, option);
                    CoreFuncAt(option.Index);
                    options.HasRealloc = true;
                    break;
                case CanonOptionKind.PostReturn:
                    SetOnce(ref postReturn, option);
                    CoreFuncAt(option.Index);
                    break;
                case CanonOptionKind.Async:
                    if (options.IsAsync)
                    {
                        Invalid("canonical option `async` is specified more than once");
                    }

                    options.IsAsync = true;
                    break;
                case CanonOptionKind.Callback:
                    SetOnce(ref callback, option);
                    CoreFuncAt(option.Index);
                    options.HasCallback = true;
                    break;
            }
        }

        if (options.IsAsync && !allowsAsync)
        {
            Invalid($"canonical option `async` cannot be specified for {what}");
        }

        if (realloc is uint reallocIndex)
        {
            ValType p = options.Pointer;
            if (!HasSignature(CoreFuncAt(reallocIndex), [p, p, p, p], [p]))
            {
                WrongSignature("realloc");
            }

            if (!options.HasMemory)
            {
                Invalid("canonical option `realloc` requires `memory` to also be specified");
            }
        }

        if (postReturn is uint postReturnIndex)
        {
            CheckPostReturn(postReturnIndex, isLift, options, what, core);
        }

        if (callback is uint callbackIndex)
        {
            CheckCallback(callbackIndex, isLift, options, what);
        }

        return options;
    }

    private void CheckPostReturn(uint index, bool isLift, Options options, string what, FuncType? core)
    {
        if (!isLift)
        {
            Invalid($"canonical option `post-return` cannot be specified for {what}");
        }

        if (options.IsAsync)
        {
            Invalid("canonical option `post-return` cannot be specified for async functions");
        }

        if (!HasSignature(CoreFuncAt(index), core!.ResultArray, s_none))
        {
            WrongSignature("post-return");
        }
    }

    private void CheckCallback(uint index, bool isLift, Options options, string what)
    {
        if (!isLift)
        {
            Invalid($"canonical option `callback` cannot be specified for {what}");
        }

        if (!options.IsAsync)
        {
            Invalid("cannot specify callback without async");
        }

        if (!HasSignature(CoreFuncAt(index), [ValType.I32, ValType.I32, ValType.I32], s_i32))
        {
            WrongSignature("callback");
        }
    }

    private void WrongSignature(string option) =>
        Invalid($"canonical option `{option}` uses a core function with an incorrect signature");

    private void SetOnce(ref uint? index, CanonOption option)
    {
        if (index is not null)
        {
            Invalid($"canonical option `{NameOf(option.Kind)}` is specified more than once");
        }

        index = option.Index;
    }

    private void Require(Options options, CanonicalAbi.Signature signature)
    {
        if (signature.NeedsMemory)
        {
            RequireMemory(options);
        }

        if (signature.NeedsRealloc)
        {
            RequireRealloc(options);
        }
    }

    private void RequireMemory(Options options)
    {
        if (!options.HasMemory)
        {
            Invalid("canonical option `memory` is required");
        }
    }

    private void RequireRealloc(Options options)
    {
        if (!options.HasRealloc)
        {
            Invalid("canonical option `realloc` is required");
        }
    }

    private static string NameOf(CanonOptionKind kind) => kind switch
    {
        CanonOptionKind.Utf8 => "utf8",
        CanonOptionKind.Utf16 => "utf16",
        CanonOptionKind.Latin1Utf16 => "latin1-utf16",
        CanonOptionKind.Memory => "memory",
        CanonOptionKind.Realloc => "realloc",
        CanonOptionKind.PostReturn => "post-return",
        CanonOptionKind.Async => "async",
        _ => "callback",
    };

    // The scripts spell these with capitals.
    private static string List(IEnumerable<ValType> types) =>
        $"[{string.Join(", ", types.Select(type => type.ToString().ToUpperInvariant()))}]";

    /// <summary>What options come to.</summary>
    private sealed class Options
    {
        /// <summary>The type of addresses.</summary>
        internal ValType Pointer { get; set; } = ValType.I32;

        internal bool HasMemory { get; set; }

        internal bool HasRealloc { get; set; }

        internal bool IsAsync { get; set; }

        internal bool HasCallback { get; set; }
    }
}
