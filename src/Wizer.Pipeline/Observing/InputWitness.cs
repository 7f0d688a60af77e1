using Wizer.Engine;
using Wizer.Engine.Wasi.Observing;

namespace Wizer.Pipeline;

/// <summary>
/// Asks again what runs asked before: a deterministic run that would get the same answers to all of its <see cref="RunReport.Inputs"/>
/// would come to the same end. Each place is looked at once, so that an object serves for one moment. Used by one thread at a time.
/// </summary>
public sealed class InputWitness
{
    private readonly WorldView _view;
    private readonly WasiOptions _wasi;

    /// <param name="wasi">What a run would be shown.</param>
    public InputWitness(WasiOptions wasi)
    {
        ArgumentNullException.ThrowIfNull(wasi);
        _wasi = wasi;
        var paths = new string[wasi.Preopens.Count];
        for (int i = 0; i < paths.Length; i++)
        {
            paths[i] = wasi.Preopens[i].HostPath;
        }

        _view = new WorldView(paths);
    }

    /// <summary>The same with the answer that there would be now.</summary>
    /// <param name="input">Its kind, preopen and path count.</param>
    /// <returns>With no answer where it cannot be asked again: standard input would be used up.</returns>
    public RunInput Ask(RunInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Kind switch
        {
            InputKind.Status or InputKind.Size or InputKind.File or InputKind.Listing or InputKind.Link =>
                RunInputs.Of(_view.Ask(RunInputs.QuestionOf(input.Kind), input.Preopen, input.Below ?? "")),
            InputKind.Environment => RunInputs.OfEnvironment(_wasi),
            _ => input with { Answer = null },
        };
    }
}
