"""The engine's front door: everything the API and the command line may see, and nothing before the gate."""
