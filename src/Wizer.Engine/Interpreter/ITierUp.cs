using Wizer.Engine.Layout;

namespace Wizer.Engine.Interpreter;

/// <summary>Who decides what is compiled; the interpreter says what runs.</summary>
internal unsafe interface ITierUp : IDisposable
{
    /// <summary>Whether a function that is called first has been translated before.</summary>
    bool TryTranslate(FuncData* func);

    /// <summary>A function was translated, and will be called next.</summary>
    void Translated(GuestContext* context, FuncData* func);

    /// <summary>See <see cref="Polling.Poll"/>, which has looked for interrupts.</summary>
    TrapKind Poll(GuestContext* context, ushort* ip, ulong* fp);
}
