namespace Cake.Frosting;

/// <summary>Placeholder until the host lands.</summary>
public interface IFrostingTask;
