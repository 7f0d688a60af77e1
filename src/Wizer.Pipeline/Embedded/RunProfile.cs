using Wizer.Binary;
using Wizer.Engine;
using Wizer.Engine.Code;

namespace Wizer.Pipeline;

/// <summary>The profiles of one run: the one that it uses, and the one that it records.</summary>
internal sealed class RunProfile(InitEnvironment environment)
{
    private ProfileReport? _report;
    private bool _isRecorded;

    /// <summary>The instance is about to run.</summary>
    internal void Begin(Store store, Instance instance, ModuleInfo module)
    {
        _isRecorded = environment.RecordsProfile && store.TryBeginProfile(instance);
        bool isOfModule = environment.Profile.IsEmpty;
        ReadOnlyMemory<byte> bytes = isOfModule ? ProfileSection.Find(module) : environment.Profile;
        if (bytes.IsEmpty)
        {
            return;
        }

        ProfileFault fault = FunctionProfile.Read(bytes.Span, module, out FunctionProfile? profile);
        if (profile == null)
        {
            _report = new ProfileReport(StateOf(fault), isOfModule);
            return;
        }

        _report = new ProfileReport(ProfileState.Used, isOfModule)
        {
            FunctionCount = profile.Functions.Length,
            HotFunctionCount = profile.HotCount,
        };
        store.UseProfile(instance, profile);
    }

    /// <summary>What became of the one that was used; null when there was none.</summary>
    internal ProfileReport? Report(Store store) =>
        _report is null ? null : _report with { CompiledFunctionCount = store.ProfiledFunctionCount };

    /// <summary>What was recorded; empty when nothing was to be.</summary>
    internal byte[] Recorded(Store store) => _isRecorded ? store.WriteProfile() : [];

    private static ProfileState StateOf(ProfileFault fault) => fault switch
    {
        ProfileFault.OtherVersion => ProfileState.OtherVersion,
        ProfileFault.OtherModule => ProfileState.OtherModule,
        _ => ProfileState.Damaged,
    };
}
