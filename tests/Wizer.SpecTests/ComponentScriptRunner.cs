using Wizer.Binary;
using Wizer.Binary.Components;
using Wizer.TestSupport.Scripts;
using Wizer.Text;

namespace Wizer.SpecTests;

/// <summary>
/// Runs the commands of one script of the component model, each counted as passed or failed. What needs an instance is not counted:
/// nothing instantiates components yet.
/// </summary>
internal sealed class ComponentScriptRunner
{
    private readonly FileResult _result;

    private ComponentScriptRunner(FileResult result) => _result = result;

    internal static FileResult Run(string file)
    {
        var result = new FileResult(file);
        var runner = new ComponentScriptRunner(result);
        foreach (ScriptCommand command in ComponentTestSuite.Load(file).Commands)
        {
            runner.Run(command);
        }

        return result;
    }

    private void Run(ScriptCommand command)
    {
        string? failure;
        switch (command)
        {
            case ModuleCommand definition:
                failure = Load(definition.Module) is { } error ? Describe(error) : null;
                break;
            case AssertModuleFailsCommand { Failure: ModuleFailure.Malformed or ModuleFailure.Invalid } assertion:
                failure = FailureOf(assertion);
                break;
            case AssertModuleFailsCommand assertion:
                // Instantiating it would fail; until then it is as good as any.
                failure = Load(assertion.Module) is { } mistake ? Describe(mistake) : null;
                break;
            default:
                return;
        }

        if (failure is null)
        {
            _result.Pass();
        }
        else
        {
            _result.Fail(command.Line, command.Keyword, failure);
        }
    }

    /// <summary>Encodes, decodes and validates a component.</summary>
    /// <returns>What is wrong with it, or null.</returns>
    private static Exception? Load(ScriptModule module)
    {
        try
        {
            ComponentValidator.Validate(ComponentReader.Parse(module.Encode()));
            return null;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return e;
        }
    }

    private string? FailureOf(AssertModuleFailsCommand assertion)
    {
        if (Load(assertion.Module) is not { } error)
        {
            return $"the component was accepted, and should have failed with: {assertion.Message}";
        }

        string reason = error is WatException text ? text.Reason : error.Message;
        bool isMatch = reason.Contains(assertion.Message, StringComparison.Ordinal);

        // A script calls a byte invalid that is malformed; then its words are those of the reader.
        bool isExpected = assertion.Failure == ModuleFailure.Malformed
            ? error is WatException or WasmFormatException
            : error is WasmValidationException || (error is WasmFormatException && isMatch);
        if (!isExpected)
        {
            return $"failed in another way than {assertion.Message}: {Describe(error)}";
        }

        _result.CountMessage(assertion.Line, assertion.Message, reason, isMatch);
        return null;
    }

    private static string Describe(Exception error) =>
        error is WasmException or WatException ? $"{error.GetType().Name}: {error.Message}" : error.ToString();
}
