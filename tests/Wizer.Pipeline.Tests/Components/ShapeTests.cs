using Wizer.Binary.Components;
using Wizer.Engine;
using Wizer.Engine.Components;
using Wizer.TestSupport;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>Every shape of component that tools produce answers as it does when it is initialized at run time.</summary>
public sealed class ShapeTests
{
    public static TheoryData<string> Names => [.. ComponentShapes.All.Select(static shape => shape.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void PreInitialized_AnswersAsInitializedAtRunTime(string name)
    {
        ComponentShape shape = ComponentShapes.All.Single(shape => shape.Name == name);
        byte[] component = Modules.Compile(shape.Text);
        uint[] expected = RunAtRunTime(component, shape);
        using ComponentRound round = ComponentRound.Initialize(component, new WizerOptions { InitFunc = shape.Init });
        Assert.Equal(expected, shape.Calls.Select(round.InvokeU32));
        Assert.Equal(0, CountStarts(round.Info));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void PreInitializedAgain_GoesOnFromThere(string name)
    {
        // The output is initialized by what was a call.
        ComponentShape shape = ComponentShapes.All.Single(shape => shape.Name == name);
        using ComponentRound first = ComponentRound.Initialize(
            Modules.Compile(shape.Text), new WizerOptions { InitFunc = shape.Init, KeepInitFunc = true });
        using ComponentRound again = ComponentRound.Initialize(
            first.Bytes, new WizerOptions { InitFunc = shape.Calls[0] + "()", KeepInitFunc = true });
        uint[] expected = [.. shape.Calls.Select(first.InvokeU32)];
        Assert.Equal(expected[1..], shape.Calls[1..].Select(again.InvokeU32));
    }

    private static uint[] RunAtRunTime(byte[] component, ComponentShape shape)
    {
        using var store = new Store();
        ComponentInfo info = ComponentReader.Parse(component);
        CompiledComponent compiled = CompiledComponent.Compile(info, ComponentValidator.Validate(info));
        ComponentInstance instance = new ComponentLinker().Instantiate(store, compiled);
        ComponentInitFunc init = ComponentInitFunc.Find(ComponentCheck.Check(compiled), shape.Init);
        ComponentExports exports = init.Instance is null ? instance.Exports : instance.Exports.FindInstance(init.Instance)!;
        exports.FindFunction(init.Function)!.Invoke(init.Arguments);
        return [.. shape.Calls.Select(call => (uint)instance.Invoke(call)!.Value.AsInt64)];
    }

    // What is appended starts, but calls nothing of the component's.
    private static int CountStarts(ComponentInfo component) => CoreModules.Find(component).Count(
        static module => module.StartFunc is not null && Wizer.Binary.NameSection.Read(module).Module != RestoreModule.Name);
}
